// password.ts -- how hard a password is to guess, roughly, before the server says. Pure.

/** Bits if every character were chosen freely, less for what repeats. */
export function strength(password: string): 0 | 1 | 2 | 3 {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((k) => k.test(password)).length;
  const different = new Set(password).size;
  const bits = different * Math.log2(Math.max(2, kinds * 22)) * 0.9;
  if (password.length < 12 || different < 6) return 0;
  return bits < 50 ? 1 : bits < 70 ? 2 : 3;
}
