"""Collation: the order of names in the Latvian alphabet."""

from __future__ import annotations

import unicodedata

_ALPHABET = "aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž"
_PLACE_OF = {letter: place for place, letter in enumerate(_ALPHABET)}
# Letters of the alphabet stand after digits and punctuation, and before every other script.
_LETTERS_FROM = 0x80
_OTHERS_FROM = 0x100


def collation_key(name: str) -> tuple[tuple[int, ...], str]:
    """Give the key by which names sort in the Latvian alphabet (a, ā, b, c, č …).

    Examples
    --------
    >>> sorted(["Zaļenieku", "Ādažu", "Čornajas", "Ainažu", "Cēsu"], key=collation_key)
    ['Ainažu', 'Ādažu', 'Cēsu', 'Čornajas', 'Zaļenieku']
    """
    composed = unicodedata.normalize("NFC", name)
    return tuple(_place(letter) for letter in composed.lower()), composed


def _place(letter: str) -> int:
    if letter in _PLACE_OF:
        return _LETTERS_FROM + _PLACE_OF[letter]
    code = ord(letter)
    return code if code < _LETTERS_FROM else _OTHERS_FROM + code
