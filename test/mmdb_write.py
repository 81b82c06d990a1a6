# mmdb_write.py -- writes small MaxMind DB files for the tests, for there are none
# to be had with Debian. The format: MaxMind DB specification, version 2.0.
"""usage: mmdb_write.py DIRECTORY   makes city.mmdb, asn.mmdb and broken ones in it."""
import ipaddress, struct, sys

MARKER = b"\xab\xcd\xefMaxMind.com"
STRING, DOUBLE, UINT16, UINT32, MAP, UINT64, ARRAY, FLOAT = 2, 3, 5, 6, 7, 9, 11, 15


class Float(float):
    """Of four bytes."""


class U16(int):
    pass


class U64(int):
    pass


def head(kind, size):
    """A control byte, for kinds above 7 with a second one, and a size."""
    assert size < 29 + 256
    low = size if size < 29 else 29
    first = bytes([kind << 5 | low]) if kind <= 7 else bytes([low, kind - 7])
    return first + (bytes([size - 29]) if size >= 29 else b"")


def unsigned(kind, n):
    digits = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return head(kind, len(digits)) + digits


def value(v):
    if isinstance(v, bytes):  # text that is not to be encoded
        return head(STRING, len(v)) + v
    if isinstance(v, str):
        return value(v.encode())
    if isinstance(v, Float):
        return head(FLOAT, 4) + struct.pack(">f", v)
    if isinstance(v, float):
        return head(DOUBLE, 8) + struct.pack(">d", v)
    if isinstance(v, U64):
        return unsigned(UINT64, v)
    if isinstance(v, U16):
        return unsigned(UINT16, v)
    if isinstance(v, int):
        return unsigned(UINT32, v)
    if isinstance(v, list):
        return head(ARRAY, len(v)) + b"".join(map(value, v))
    return head(MAP, len(v)) + b"".join(value(k) + value(v[k]) for k in v)


def bits_of(prefix, ip_version):
    """IPv4 lies at ::/96 of an IPv6 tree."""
    net = ipaddress.ip_network(prefix)
    bits = f"{int(net.network_address):0{net.max_prefixlen}b}"[:net.prefixlen]
    return "0" * 96 + bits if net.version == 4 and ip_version == 6 else bits


def tree_of(entries, ip_version):
    """Nodes as [left, right]: None, a node's number, or ("data", offset)."""
    nodes, data, offsets = [[None, None]], b"", []
    for prefix, record in entries:
        offsets.append((bits_of(prefix, ip_version), len(data)))
        data += value(record)
    for bits, offset in offsets:
        at = 0
        for bit in bits[:-1]:
            if nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = ("data", offset)
    return nodes, data


def packed(nodes, size):
    def number(record):
        if record is None:
            return len(nodes)
        return record if isinstance(record, int) else len(nodes) + 16 + record[1]

    out = b""
    for left, right in ((number(a), number(b)) for a, b in nodes):
        if size == 28:  # the two top nibbles share the byte in the middle
            out += left.to_bytes(4, "big")[1:]
            out += bytes([(left >> 24) << 4 | right >> 24]) + right.to_bytes(4, "big")[1:]
        else:
            out += left.to_bytes(size // 8, "big") + right.to_bytes(size // 8, "big")
    return out


def write(path, kind, entries, ip_version=6, size=28, damage=lambda nodes: None):
    nodes, data = tree_of(entries, ip_version)
    damage(nodes)
    metadata = {"node_count": len(nodes), "record_size": U16(size), "ip_version": U16(ip_version),
                "database_type": kind, "languages": ["en"], "binary_format_major_version": U16(2),
                "binary_format_minor_version": U16(0), "build_epoch": U64(1606141256),
                "description": {"en": "made for a test of Tocsin"}}
    with open(path, "wb") as f:
        f.write(packed(nodes, size) + bytes(16) + data + MARKER + value(metadata))


def place(city, code, continent, iso, country, lat, lon):
    return {"city": {"names": {"en": city, "de": "x"}},
            "continent": {"code": code, "names": {"en": continent}},
            "country": {"iso_code": iso, "names": {"en": country}},
            "location": {"latitude": lat, "longitude": lon, "time_zone": "Europe/Rome"}}


CITY = [
    ("23.206.251.0/24", place("Milan", "EU", "Europe", "IT", "Italy", 45.4722, 9.1922)),
    ("81.2.69.0/24", place("London", "EU", "Europe", "GB", "United Kingdom", 51.5142, -0.0931)),
    ("2001:db8::/32", place("Zürich", "EU", "Europe", "CH", "Switzerland", Float(47.5), Float(8.5))),
    ("203.0.113.0/25", {"country": {"iso_code": "AU"}}),
    ("203.0.113.128/26", {"city": {"names": {"en": b"\xff\xfe"}}, "country": "IT",
                          "location": {"latitude": 91.0, "longitude": 0.5}}),
    ("203.0.113.192/26", "a text, not a map"),
]
ASN = [
    ("23.206.251.0/24", {"autonomous_system_number": 16625,
                         "autonomous_system_organization": "Akamai Technologies"}),
    ("81.2.69.0/24", {"autonomous_system_number": U16(20712),
                      "autonomous_system_organization": "Andrews & Arnold Ltd"}),
    ("2001:db8::/32", {"autonomous_system_number": 4294967295}),
]


def main(directory):
    write(f"{directory}/city.mmdb", "GeoLite2-City", CITY)
    write(f"{directory}/asn.mmdb", "GeoLite2-ASN", ASN, size=24)
    write(f"{directory}/city-v4.mmdb", "Tests-Country", [e for e in CITY if ":" not in e[0]],
          ip_version=4, size=32)
    # A tree that points far outside of the file.
    write(f"{directory}/broken-tree.mmdb", "GeoLite2-City", CITY,
          damage=lambda nodes: nodes.__setitem__(0, [0xfffffff, 0xfffffff]))
    whole = open(f"{directory}/city.mmdb", "rb").read()
    # Data that ends in the middle of the first place.
    cut = whole.index(b"Milan") + 2
    open(f"{directory}/broken-data.mmdb", "wb").write(
        whole[:cut] + whole[whole.index(MARKER):])
    open(f"{directory}/not.mmdb", "wb").write(b"This is not a database.\n" * 100)
    open(f"{directory}/empty.mmdb", "wb").close()


if __name__ == "__main__":
    main(sys.argv[1])
