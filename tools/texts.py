# texts.py -- the catalogues of the option tables as C: src/base/texts.h.
"""usage: texts.py OUTPUT CATALOGUE...   (i18n/options.LANGUAGE.json)"""
import json, os, sys


def once(pairs):
    """JSON lets a key be there twice; of two translations one would be lost."""
    keys = [k for k, _ in pairs]
    twice = sorted({k for k in keys if keys.count(k) > 1})
    if twice:
        raise SystemExit(f"texts.py: there twice: {', '.join(twice)}")
    return dict(pairs)


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def table_of(path):
    language = os.path.basename(path).split(".")[1]
    with open(path, encoding="utf-8") as f:
        texts = json.load(f, object_pairs_hook=once)
    rows = sorted(texts.items(), key=lambda pair: pair[0].encode())
    lines = [f"    {{{quoted(english)},\n     {quoted(said)}}},\n" for english, said in rows]
    return language, f"static const struct text {language}[] = {{\n{''.join(lines)}}};\n"


def main(output, *catalogues):
    tables = [table_of(path) for path in catalogues]
    with open(output, "w", encoding="utf-8") as f:
        f.write("/* Made by tools/texts.py from i18n/options.*.json. */\n#include \"base/texts.h\"\n\n")
        f.write("\n".join(table for _, table in tables))
        f.write("\nconst struct texts texts_all[] = {\n")
        for language, _ in tables:
            f.write(f"    {{\"{language}\", {language}, COUNT_OF({language})}},\n")
        f.write("    {.language = NULL},\n};\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
