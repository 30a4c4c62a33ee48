// Peers whose IPsec leaves something undone. Each is the honest peer with one lapse in its configuration.
#include "harness/crypto/association.h"
#include "peers/pmip6/mutant_tables.h"

namespace peers::pmip6 {

namespace security_tables {

Mutant careless(std::string role, const std::string& lapse, std::string title,
                std::vector<std::string> violates) {
    const bool is_lma = role == "lma";
    return {role + "-security-" + lapse,
            std::move(role),
            std::move(title),
            std::move(violates),
            {},
            [is_lma, lapse](model::NodeConfig config) {
                config.self.settings["lapses"] = lapse;
                return is_lma ? make_lma(config) : make_mag(config);
            }};
}

/// A peer that has no association without encryption.
Mutant encrypting(const std::string& role) {
    const bool is_lma = role == "lma";
    return {role + "-security-knows-no-null",
            role,
            "speaks ESP with encryption only",
            {"PMIP6-SEC-006"},
            {},
            [is_lma](model::NodeConfig config) {
                std::vector<std::string> mistakes;
                std::string& security = config.self.settings["security"];
                auto configuration = crypto::parse(security, mistakes);
                std::erase_if(configuration.associations, [](const crypto::Association& one) {
                    return one.cipher == crypto::Cipher::null;
                });
                security = crypto::text(configuration);
                return is_lma ? make_lma(config) : make_mag(config);
            }};
}

} // namespace security_tables

std::vector<Mutant> security_mutants() {
    using namespace security_tables;
    const auto lma = [](const char* lapse, const char* title, std::vector<std::string> violates) {
        return careless("lma", lapse, title, std::move(violates));
    };
    const auto mag = [](const char* lapse, const char* title, std::vector<std::string> violates) {
        return careless("mag", lapse, title, std::move(violates));
    };
    return {
        encrypting("lma"),
        encrypting("mag"),
        lma("skips-icv", "verifies no ICV", {"PMIP6-SEC-013"}),
        lma("compares-half-icv", "compares the first half of the ICV only", {"PMIP6-SEC-013"}),
        lma("accepts-short-icv", "takes as much of an ICV as there is", {"PMIP6-SEC-013"}),
        lma("accepts-clear", "takes updates in the clear where protection is demanded",
            {"PMIP6-SEC-013", "PMIP6-SEC-015"}),
        lma("accepts-replays", "has no window", {"PMIP6-SEC-019"}),
        lma("accepts-zero", "takes packets with number zero", {"PMIP6-SEC-019"}),
        lma("window-too-large", "hears one number behind its window", {"PMIP6-SEC-019"}),
        lma("window-too-small", "refuses the oldest number of its window", {"PMIP6-SEC-001"}),
        lma("refuses-late", "hears only what is newer than everything before", {"PMIP6-SEC-001"}),
        lma("marks-before-icv", "moves its window for packets that are not authentic", {"PMIP6-SEC-001"}),
        lma("ignores-addresses", "lets an association serve any address", {"PMIP6-SEC-014"}),
        lma("ignores-spi", "finds the association by the addresses", {"PMIP6-SEC-014"}),
        lma("ignores-selectors", "takes any message out of an association", {"PMIP6-SEC-012"}),
        lma("covers-no-header", "authenticates neither SPI nor number", {"PMIP6-SEC-001"}),
        lma("covers-no-trailer", "leaves the end of the packet out of the ICV", {"PMIP6-SEC-001"}),
        lma("sends-clear", "answers in the clear",
            {"PMIP6-SEC-001", "PMIP6-SEC-002", "PMIP6-SEC-005", "PMIP6-LMA-082"}),
        lma("sends-other-spi", "answers under an SPI that nobody knows", {"PMIP6-SEC-001", "PMIP6-SEC-003"}),
        lma("changes-spi", "answers each further node under another SPI", {"PMIP6-SEC-004"}),
        lma("forgets-peers", "answers every gateway under the first association", {"PMIP6-SEC-003"}),
        lma("repeats-sequence", "sends the same number again and again", {"PMIP6-SEC-001"}),
        lma("skips-numbers", "counts by two", {"PMIP6-SEC-001"}),
        lma("starts-at-zero", "begins with number zero", {"PMIP6-SEC-001"}),
        lma("wraps", "begins anew behind the last number", {"PMIP6-SEC-001"}),
        lma("pads-with-zeros", "pads with zeros", {"PMIP6-SEC-001"}),
        lma("protects-everything", "protects messages that the policy does not name", {"PMIP6-SEC-012"}),
        mag("skips-icv", "verifies no ICV", {"PMIP6-SEC-001"}),
        mag("compares-half-icv", "compares the first half of the ICV only", {"PMIP6-SEC-001"}),
        mag("accepts-clear", "takes acknowledgements in the clear", {"PMIP6-SEC-012"}),
        mag("sends-clear", "registers in the clear",
            {"PMIP6-SEC-001", "PMIP6-SEC-002", "PMIP6-SEC-005", "PMIP6-MAG-097"}),
        mag("sends-other-spi", "registers under an SPI that nobody knows",
            {"PMIP6-SEC-001", "PMIP6-SEC-003"}),
        mag("changes-spi", "registers each further node under another SPI", {"PMIP6-SEC-004"}),
        mag("forgets-peers", "registers at every anchor under the first association", {"PMIP6-SEC-003"}),
        mag("repeats-sequence", "sends the same number again and again", {"PMIP6-SEC-001"}),
        mag("starts-at-zero", "begins with number zero", {"PMIP6-SEC-001"}),
        mag("covers-no-header", "authenticates neither SPI nor number", {"PMIP6-SEC-001"}),
    };
}

} // namespace peers::pmip6
