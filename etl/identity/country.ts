import type { Config } from '../config.ts';

/** Currencies of one country alone. Of others, such as EUR, only numbers that begin with + are understood. */
const homes: Record<string, string> = {
  ...{
    RUB: 'RU',
    KZT: 'KZ',
    BYN: 'BY',
    UAH: 'UA',
    UZS: 'UZ',
    KGS: 'KG',
    AMD: 'AM',
    GEL: 'GE',
    AZN: 'AZ',
    MDL: 'MD',
  },
  ...{
    USD: 'US',
    GBP: 'GB',
    CAD: 'CA',
    AUD: 'AU',
    INR: 'IN',
    CNY: 'CN',
    JPY: 'JP',
    TRY: 'TR',
    PLN: 'PL',
    CZK: 'CZ',
  },
  ...{
    RSD: 'RS',
    ILS: 'IL',
    AED: 'AE',
    BRL: 'BR',
    MXN: 'MX',
    SEK: 'SE',
    NOK: 'NO',
    DKK: 'DK',
    HUF: 'HU',
    RON: 'RO',
  },
};

/** The country whose phone numbers are written without their +, as ISO 3166; null where nothing tells. */
export function countryOf({ country, currency }: Config['reporting']): string | null {
  return country ?? homes[currency] ?? null;
}
