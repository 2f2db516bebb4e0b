// A badge's code: 26 characters of Crockford's base32, the last one a check (the same sum as forum/core/codes.py).
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 26;
const LOOK_ALIKES = { O: "0", I: "1", L: "1" };

// Multiply by x in GF(32) modulo x⁵ + x² + 1.
function double(value) {
  const doubled = value << 1;
  return doubled & 0b100000 ? doubled ^ 0b100101 : doubled;
}

function checkCharacter(body) {
  let total = 0;
  for (const character of body) total = double(total ^ ALPHABET.indexOf(character));
  return ALPHABET[total];
}

// Returns the code that was typed or read, or null if it is not one; groups, lower case and look-alikes are accepted.
export function readCode(text) {
  const code = text.replace(/[\s\-–—_.]+/g, "").toUpperCase().replace(/[OIL]/g, (letter) => LOOK_ALIKES[letter]);
  if (code.length !== LENGTH || [...code].some((character) => !ALPHABET.includes(character))) return null;
  return checkCharacter(code.slice(0, -1)) === code.at(-1) ? code : null;
}

// The list on the phone holds hashes, so that it is worth nothing to who finds the phone.
export async function hashOf(code) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
