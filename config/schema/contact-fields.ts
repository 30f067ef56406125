import { z } from 'zod';

/** A mail address as browsers take it (HTML, "valid e-mail address"): ASCII, one `@`, nothing that a header could obey. */
const addressPattern =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const addressReason = 'must be a mail address such as amy@example.org';

export const mailAddress = z.string().max(254, addressReason).regex(addressPattern, addressReason);

/** ITU-T E.164: a plus and at most 15 digits, of which the first is no zero. */
export const phonePattern = /^\+[1-9]\d{6,14}$/;
export const phoneNumber = z
  .string()
  .regex(phonePattern, 'must be a number in international form such as +4915112345678');
