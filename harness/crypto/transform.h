#pragma once

#include "harness/crypto/algorithms.h"
#include "harness/crypto/association.h"
#include "harness/crypto/chain.h"
#include "harness/crypto/replay_window.h"

#include <optional>
#include <string_view>

namespace crypto {

/// What becomes of a protected packet at its destination. Anything but `accepted` is a silent discard
/// (RFC 4303, 3.4; RFC 4302, 3.4).
enum class Verdict {
    accepted,
    malformed,       ///< too short, or lengths that contradict each other
    no_association,  ///< nobody knows the SPI
    wrong_addresses, ///< the association is for other nodes
    replayed,        ///< that number has come already, or is 0
    too_old,         ///< behind the window
    not_authentic,   ///< the ICV is wrong
    wrong_padding,   ///< not 1, 2, 3, … (RFC 4303, 2.4)
    policy,          ///< not protected as it has to be, or something the association is not for
};
std::string_view name(Verdict);

/// What a faulty peer leaves undone; mutants name them in their configuration. An honest one has none.
struct Lapses {
    bool skips_icv = false;
    bool accepts_replays = false;
    bool accepts_zero = false;      ///< as sequence number
    bool window_too_small = false;  ///< by one number
    bool window_too_large = false;  ///< by one number
    bool refuses_late = false;      ///< whatever is not newer than everything before
    bool marks_before_icv = false;  ///< a forgery moves the window
    bool ignores_addresses = false; ///< of the association
    bool ignores_spi = false;       ///< any association between those addresses will do
    bool accepts_clear = false;     ///< where policy demands protection
    bool compares_half_icv = false;
    bool accepts_short_icv = false; ///< compares as many octets as there are
    bool ignores_padding = false;
    bool covers_no_header = false;  ///< SPI and sequence number are not authenticated
    bool covers_no_trailer = false; ///< the last four octets before the ICV are not authenticated
    bool repeats_sequence = false;  ///< sends the same number again and again
    bool starts_at_zero = false;
    bool wraps = false;         ///< begins anew behind the last number
    bool skips_numbers = false; ///< counts by two
    bool pads_with_zeros = false;
    bool sends_clear = false;
    bool sends_other_spi = false;
    bool changes_spi = false;         ///< after its first packet
    bool protects_everything = false; ///< whatever the type of the message
    bool forgets_peers = false;       ///< protects with the first association that there is
    bool ignores_selectors = false;   ///< anything may come through an association
    bool answers_bad = false;         ///< hands on what it could not verify, as long as it can be read
};
/// By the names of the fields with "-" for "_", apart by blanks; unknown words are passed over.
Lapses lapses_of(std::string_view words);

/// What a tester does on purpose. Everything that is not said is right.
struct Lies {
    std::optional<std::uint32_t> spi, sequence;
    base::Bytes integrity_key, cipher_key; ///< added (exclusive or) to the key from its first octet on
    base::Bytes trailer; ///< added to the padding, its length and the next header before they are encrypted
    base::Bytes icv;     ///< added to the ICV of ESP
    std::optional<std::size_t> icv_octets; ///< of ESP that remain
    bool any_key() const { return !integrity_key.empty() || !cipher_key.empty(); }
};

struct Opened {
    Verdict verdict = Verdict::malformed;
    std::uint32_t spi = 0, sequence = 0;
    base::Bytes ip; ///< the packet as it was before it was protected; empty unless accepted
};

/// One end of one association: keys are set up once. Pure but for the library's contexts; not for use by two
/// threads at the same time.
class Transform {
public:
    /// `seed` of the initialisation vectors.
    explicit Transform(const Association&, std::uint64_t seed = 0, const Lapses& = {});

    const Association& association() const { return association_; }
    /// The packet protected. nullopt for what is no IPv6 packet, is too long, or when the numbers have come
    /// to their end (RFC 4303, 3.3.3: they never cycle).
    std::optional<base::Bytes> protect(base::View ip, const Lies* = nullptr);
    /// Verifies and takes the protection off; an accepted number is marked in the window. Total.
    Opened open(base::View ip);
    /// The same without a window: for who only watches.
    Opened look(base::View ip);
    /// The number of the next packet; 0 when there is none left.
    std::uint32_t next() const { return next_; }

private:
    std::optional<base::Bytes> seal_esp(base::View ip, const Chain&, std::uint32_t spi,
                                        std::uint32_t sequence, const Lies*);
    std::optional<base::Bytes> seal_ah(base::View ip, const Chain&, std::uint32_t spi,
                                       std::uint32_t sequence);
    Opened open_esp(base::View ip, const Chain&, bool windowed);
    Opened open_ah(base::View ip, const Chain&, bool windowed);
    Verdict ask(std::uint32_t sequence) const;
    std::uint32_t take_number();
    bool authentic(Mac::Parts, base::View icv);
    std::size_t short_icv(base::View esp);

    Association association_;
    std::uint64_t seed_;
    Lapses lapses_;
    std::optional<Mac> mac_;
    CipherKey cipher_;
    ReplayWindow window_;
    std::uint32_t next_;
};

/// The packet as AH authenticates it (RFC 4302, 3.3.3): mutable fields zero, fields that change in a foreseen
/// way as they are at the destination, and the octets of the ICV zero. `at` is where the AH begins.
base::Bytes ah_view(base::View ip, std::size_t at, std::size_t icv);

} // namespace crypto
