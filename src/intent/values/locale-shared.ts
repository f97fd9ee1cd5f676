import type { Row } from './lexicon.ts';

/** Currency codes people type in any of the three languages, and signs. */
export const SHARED_CURRENCY: readonly Row[] = [
  { role: 'currency', name: 'USD', words: 'usd|us $|u $ d|u $ s' },
  { role: 'currency', name: 'EUR', words: 'eur|euro|euros|€' },
  { role: 'currency', name: 'GBP', words: 'gbp|£' },
  { role: 'currency', name: 'TRY', words: '?try|₺' },
  { role: 'currency', name: 'JPY', words: 'jpy|yen|¥' },
  { role: 'currency', name: 'CNY', words: 'cny|rmb|yuan' },
  { role: 'currency', name: 'CAD', words: 'cad' },
  { role: 'currency', name: 'AUD', words: 'aud' },
  { role: 'currency', name: 'CHF', words: 'chf' },
  { role: 'currency', name: 'MXN', words: 'mxn' },
  { role: 'currency', name: 'INR', words: 'inr|₹|rs|rupee|rupees' },
  { role: 'currency', name: 'ILS', words: 'ils|nis|₪|shekel|shekels' },
  { role: 'currency', name: 'KRW', words: 'krw|₩' },
  { role: 'currency', name: 'RUB', words: 'rub|₽' },
  { role: 'currency', name: 'UAH', words: 'uah|₴' },
  { role: 'currency', name: 'BRL', words: 'brl' },
  { role: 'currency', name: 'SEK', words: 'sek' },
  { role: 'currency', name: 'NOK', words: 'nok' },
  { role: 'currency', name: 'DKK', words: 'dkk' },
  { role: 'currency', name: 'PLN', words: 'pln' },
  { role: 'currency', name: 'HKD', words: 'hkd' },
  { role: 'currency', name: 'SGD', words: 'sgd' },
  { role: 'currency', name: 'NZD', words: 'nzd' },
  { role: 'currency', name: 'AED', words: 'aed' },
  { role: 'currency', name: 'EGP', words: 'egp' },
  { role: 'currency', name: 'MYR', words: 'myr|ringgit|ringgits' },
  { role: 'currency', name: 'MNT', words: 'mnt|tugrik|tugriks' },
  { role: 'currency', name: 'ARS', words: 'ars' },
  { role: 'currency', name: 'CLP', words: 'clp' },
  { role: 'currency', name: 'COP', words: '?cop' },
  { role: 'currency', name: 'BGN', words: 'bgn' },
  { role: 'currency', name: 'RON', words: 'ron' },
  { role: 'currency', name: 'HUF', words: 'huf' },
  { role: 'currency', name: 'CZK', words: 'czk' },
  { role: 'currency', name: 'ZAR', words: 'zar' },
  { role: 'currency', name: 'THB', words: 'thb' },
  { role: 'currency', name: 'SAR', words: 'sar' },
  { role: 'currency', name: 'CAD', words: 'c $|cad $' },
  { role: 'currency', name: 'MXN', words: 'mxn $' },
  { role: 'currency', name: 'CRC', words: 'crc|₡' },
  { role: 'currency', name: 'GEL', words: 'gel|₾' },
  { role: 'currency', name: '$', words: '$' },
  { role: 'currency', name: 'CENT', words: '¢' },
];

/** Measures and storage sizes written alike everywhere: a number before one is not a price. */
export const SHARED_THINGS: readonly Row[] = [
  {
    role: 'thing',
    words:
      'km|kms|cm|mm|mt|kg|kgs|gr|gb|tb|mb|mhz|ghz|hz|mah|ml|cl|lt|lb|lbs|oz|ft|sqft|hp|cc|mph|kmh' +
      '|mpg|fps|dpi|px|mp|mpx|ppi|rpm|psi|watt|watts|kw|kwh|volt|volts|amp|amps|inch|cv|%|°|k/m' +
      '|ram|ssd|hdd|m2|mts',
  },
  { role: 'link', name: 'percent', words: '%' },
];
