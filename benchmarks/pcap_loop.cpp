// The least that a program on libpcap does: looks at every header and counts.   pcap_loop FILE
#include <pcap/pcap.h>

#include <cstdio>

namespace {

struct Count {
    unsigned long long packets = 0, ipv6 = 0;
};

void look(unsigned char* to, const pcap_pkthdr* header, const unsigned char* octets) {
    auto& count = *reinterpret_cast<Count*>(to);
    ++count.packets;
    count.ipv6 += header->caplen >= 14 && octets[12] == 0x86 && octets[13] == 0xdd;
}

} // namespace

int main(int count, char** values) {
    char why[PCAP_ERRBUF_SIZE];
    pcap_t* capture = count == 2 ? pcap_open_offline(values[1], why) : nullptr;
    if (!capture)
        return 2;
    Count all;
    pcap_loop(capture, -1, look, reinterpret_cast<unsigned char*>(&all));
    pcap_close(capture);
    std::printf("%llu packets, %llu of IPv6\n", all.packets, all.ipv6);
    return 0;
}
