/* proto.c -- names of IP protocols, by IANA's keywords in lower case. */
#include "alert/ip.h"

static const struct {
    uint8_t number;
    const char *name;
} protos[] = {
    {0, "hopopt"},     {1, "icmp"},        {2, "igmp"},    {4, "ipip"},
    {6, "tcp"},        {8, "egp"},         {9, "igp"},     {17, "udp"},
    {27, "rdp"},       {33, "dccp"},       {41, "ipv6"},   {46, "rsvp"},
    {47, "gre"},       {50, "esp"},        {51, "ah"},     {58, "ipv6-icmp"},
    {88, "eigrp"},     {89, "ospf"},       {94, "ipip-94"}, {103, "pim"},
    {108, "ipcomp"},   {112, "vrrp"},      {115, "l2tp"},  {132, "sctp"},
    {136, "udplite"},  {137, "mpls-in-ip"},
};

const char *proto_name(int64_t number)
{
    for (size_t i = 0; i < COUNT_OF(protos); i++) {
        if (protos[i].number == number)
            return protos[i].name;
    }
    return NULL;
}

bool proto_is_icmp(uint8_t number)
{
    return number == 1 || number == 58;
}

bool proto_parse(struct str s, uint8_t *out)
{
    uint64_t number;

    if (str_to_u64(s, &number) && number <= UINT8_MAX) {
        *out = (uint8_t)number;
        return true;
    }
    if (str_is_nocase(s, "icmp6") || str_is_nocase(s, "icmpv6"))
        s = STR("ipv6-icmp");
    for (size_t i = 0; i < COUNT_OF(protos); i++) {
        if (str_is_nocase(s, protos[i].name)) {
            *out = protos[i].number;
            return true;
        }
    }
    return false;
}
