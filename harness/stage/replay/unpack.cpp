#include "harness/stage/replay/unpack.h"

#include <fmt/format.h>

#include <new>
#include <zlib.h>
#include <zstd.h>

namespace stage::replay {

namespace {

constexpr std::size_t piece = 64u << 10;

class Gunzip final : public Unpacked {
public:
    explicit Gunzip(Source packed) : packed_(std::move(packed)) {
        if (inflateInit2(&state_, 15 + 16) != Z_OK)
            throw std::bad_alloc();
    }
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;
    ~Gunzip() override { inflateEnd(&state_); }

    std::size_t read(std::uint8_t* into, std::size_t size) override {
        while (damage_.empty()) {
            const auto there = packed_.available(piece);
            if (there.empty()) {
                if (!is_between_)
                    damage_ = fmt::format("gzip stream ends too early, at octet {}", packed_.offset());
                return 0;
            }
            if (is_between_) {
                if (there[0] != 0x1f) // padding behind the last member, as tapes and some tools have it
                    return 0;
                inflateReset(&state_);
                is_between_ = false;
            }
            // zlib takes what it only reads through a pointer to what it might write
            state_.next_in = const_cast<Bytef*>(there.data());
            state_.avail_in = static_cast<uInt>(there.size());
            state_.next_out = into;
            state_.avail_out = static_cast<uInt>(size);
            const int result = inflate(&state_, Z_NO_FLUSH);
            packed_.take(there.size() - state_.avail_in);
            if (result == Z_STREAM_END)
                is_between_ = true;
            else if (result != Z_OK && result != Z_BUF_ERROR)
                damage_ = fmt::format("gzip stream is damaged at octet {}", packed_.offset());
            if (const std::size_t got = size - state_.avail_out; got != 0)
                return got;
        }
        return 0;
    }

private:
    Source packed_;
    z_stream state_{};
    bool is_between_ = false; ///< members
};

class Unzstd final : public Unpacked {
public:
    explicit Unzstd(Source packed) : packed_(std::move(packed)), state_(ZSTD_createDStream()) {
        if (!state_)
            throw std::bad_alloc();
        // 32 MiB: more than any level of the tool needs without --long, and little enough for every host
        ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, 25);
    }
    Unzstd(const Unzstd&) = delete;
    Unzstd& operator=(const Unzstd&) = delete;
    ~Unzstd() override { ZSTD_freeDStream(state_); }

    std::size_t read(std::uint8_t* into, std::size_t size) override {
        while (damage_.empty()) {
            const auto there = packed_.available(piece);
            if (there.empty() && is_whole_)
                return 0;
            ZSTD_inBuffer in{there.data(), there.size(), 0};
            ZSTD_outBuffer out{into, size, 0};
            const std::size_t result = ZSTD_decompressStream(state_, &out, &in);
            packed_.take(in.pos);
            if (ZSTD_isError(result))
                damage_ = fmt::format("zstd stream is damaged at octet {} ({})", packed_.offset(),
                                      ZSTD_getErrorName(result));
            else if (there.empty() && out.pos == 0)
                damage_ = fmt::format("zstd stream ends too early, at octet {}", packed_.offset());
            else
                is_whole_ = result == 0;
            if (out.pos != 0)
                return out.pos;
        }
        return 0;
    }

private:
    Source packed_;
    ZSTD_DStream* state_;
    bool is_whole_ = false; ///< a frame has ended
};

} // namespace

Packing packing_of(base::View head) {
    if (head.size() >= 2 && head[0] == 0x1f && head[1] == 0x8b)
        return Packing::gzip;
    if (head.size() >= 4 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd)
        return Packing::zstd;
    return Packing::none;
}

std::shared_ptr<Unpacked> unpack(Packing packing, Source packed) {
    if (packing == Packing::gzip)
        return std::make_shared<Gunzip>(std::move(packed));
    return std::make_shared<Unzstd>(std::move(packed));
}

} // namespace stage::replay
