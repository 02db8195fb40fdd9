"""Whether a word can be a Vietnamese syllable: onset, rhyme and tone as the orthography allows them together."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = _TONES = "\u0300\u0301\u0303\u0309\u0323"
_QUALITIES = "ăâêôơư"
_CODAS = re.compile(r"(?:ch|c|k|m|ng|nh|n|p|t)$")

_FRONT = "[eêiy]"  # before these, c g ng are written k gh ngh
_ONSETS = (
    rf"b|c(?!{_FRONT}|h)|ch|d|đ|gh(?={_FRONT})|gi|g(?!{_FRONT})|g(?=i(?:n|p)?$)|h|kh|k(?={_FRONT})|l|m|"
    rf"ngh(?={_FRONT})|ng(?!{_FRONT}|h)|nh|n|ph|p|qu|q(?=uy)|r|s|th|tr|t|v|x|"
)
_RHYMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong
op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc ui um un ung uôc uôi uôm uôn uông uôt up ut
uê uêch uênh uơ uy uya uych uynh uyên uyêt uyn uyp uyt uyu
ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu
"""
_SYLLABLE = re.compile(rf"(?P<onset>{_ONSETS})(?P<rhyme>{'|'.join(_RHYMES.split())})")
# Written as one word; names of places that keep another language's spelling: Đắk Lắk, Bắc Kạn, Kon Plông.
_WORDS = {"ôtô", "đăk", "đắk", "lăk", "lắk", "kạn", "plông"}


@lru_cache(maxsize=10_000)
def is_syllable(word: str) -> bool:
    """Whether the word, in lower case, capitalised or in capitals, is spelled as a Vietnamese syllable can be."""
    if not (word.islower() or word.isupper() or (word[:1].isupper() and word[1:].islower())):
        return False
    if word.lower() in _WORDS:
        return True
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [part for part in parts if part in _TONES]
    plain = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    found = _SYLLABLE.fullmatch(plain)
    if not found or len(tones) > 1:
        return False
    if re.search(r"(?:c|ch|p|t)$", found["rhyme"]) and tones not in ([_ACUTE], [_DOT]):
        return False
    return not tones or _bearer(parts, tones[0]) in _bearers(plain, found.start("rhyme"), found["rhyme"])


def _bearer(parts: str, tone: str) -> int:
    """Which letter carries the tone, counted without marks."""
    before = unicodedata.normalize("NFC", "".join(part for part in parts[: parts.index(tone)] if part not in _TONES))
    return len(before) - 1


def _bearers(plain: str, start: int, rhyme: str) -> set[int]:
    """The letters of the syllable that may carry its tone."""
    marked = [at for at, letter in enumerate(plain) if at >= start and letter in _QUALITIES]
    if marked:
        return {marked[-1]}
    coda = _CODAS.search(rhyme)
    vowels = len(rhyme) - (len(coda.group()) if coda else 0)
    if coda or vowels == 1:
        return {start + vowels - 1}
    if vowels == 3:
        return {start + 1}
    return {start, start + 1} if rhyme in ("oa", "oe", "uy") else {start}
