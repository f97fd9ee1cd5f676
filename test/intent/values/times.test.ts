import { describe, expect, it } from 'vitest';
import type { Language } from '../../../src/intent/mentions.ts';
import { timesOf } from './read.ts';

/** Said on Tuesday 24 November 2026 at 10:00. */
const CASES: Readonly<Record<string, readonly (readonly [Language, string, ...string[]])[]>> = {
  'common sense reads an hour as people meet': [
    ['en', 'tomorrow at 3', '2026-11-25 15:00 hour'],
    ['en', 'tomorrow at 10', '2026-11-25 10:00 hour'],
    ['en', 'tomorrow evening at 5', '2026-11-25 17:00 hour'],
    ['en', 'dinner tomorrow at 11', '2026-11-25 23:00 hour'],
    ['en', 'breakfast tomorrow at 8', '2026-11-25 08:00 hour'],
    ['es', 'mañana a las 6', '2026-11-25 18:00 hour'],
    ['es', 'manana a las 9', '2026-11-25 09:00 hour'],
    ['es', 'mañana por la mañana a las 9', '2026-11-25 09:00 hour'],
    ['tr', 'bugün 5\'te', '2026-11-24 17:00 hour'],
    ['tr', 'yarın sabah 9 gibi', '2026-11-25 09:00 hour'],
    ['tr', 'gece 12\'de', '00:00 hour'],
  ],
  'a 24-hour clock is taken as written': [
    ['en', 'at 17:30', '17:30 minute'],
    ['en', '08:15', '08:15 minute'],
    ['es', 'hoy a las 20:30', '2026-11-24 20:30 minute'],
    ['es', 'a las 8:30', '08:30 minute'],
    ['tr', 'saat 18.30', '18:30 minute'],
  ],
  'minutes before and after the hour': [
    ['en', 'half past 5', '17:30 minute'],
    ['en', 'quarter to 5 in the evening', '16:45 minute'],
    ['en', '20 past 7 tomorrow morning', '2026-11-25 07:20 minute'],
    ['en', '5 minutes to noon', '11:55 minute'],
    ['es', 'a las siete y media', '19:30 minute'],
    ['es', 'las cinco menos diez', '16:50 minute'],
    ['es', 'el lunes a las 5 y cuarto', '2026-11-30 17:15 minute'],
    ['tr', 'yediyi çeyrek geçe', '19:15 minute'],
    ['tr', 'yediye yirmi var', '18:40 minute'],
    ['tr', 'saat 3 buçukta', '15:30 minute'],
  ],
  'an hour is never invented': [
    ['en', 'saturday works', '2026-11-28 day'],
    ['es', 'pasado mañana', '2026-11-26 day'],
    ['tr', 'öbür gün', '2026-11-26 day'],
    ['tr', 'haftaya salı', '2026-12-01 day'],
    ['en', 'sometime next week', '2026-11-30 > 2026-12-07 week'],
    ['es', 'este finde', '2026-11-28 > 2026-11-30 weekend'],
  ],
  'weekdays, this week and the next': [
    ['en', 'next friday', '2026-12-04 day'],
    ['en', 'this coming friday', '2026-11-27 day'],
    ['en', 'Tuesday next week', '2026-12-01 day'],
    ['es', 'el jueves que viene a las 8 de la tarde', '2026-11-26 20:00 hour'],
    ['tr', 'önümüzdeki cuma', '2026-11-27 day'],
    ['tr', 'gelecek pazartesi', '2026-11-30 day'],
  ],
  'one day of a month or a week, counted': [
    ['en', 'the last day of november', '2026-11-30 day'],
    ['en', 'the first friday of march 2027', '2027-03-05 day'],
    ['en', 'second weekend of december', '2026-12-12 day'],
    ['en', 'tuesday week', '2026-12-08 day'],
    ['en', 'a week on friday', '2026-12-04 day'],
    ['en', 'two sundays ago', '2026-11-15 day'],
    ['en', 'the day before christmas', '2026-12-24 day'],
    ['en', 'come on the first', '2026-12-01 day'],
    ['es', 'el último día del mes', '2026-11-30 day'],
    ['tr', 'ayın son günü', '2026-11-30 day'],
    ['tr', 'ocak ayının 5\'i', '2027-01-05 day'],
    ['tr', 'aralığın 5\'inde', '2026-12-05 day'],
    ['tr', 'aralık ayının ilk pazartesi', '2026-12-07 day'],
    ['tr', 'mart ayının sonu', '2027-03-21 > 2027-04-01 month'],
    ['tr', 'mart 3', '2027-03-03 day'],
  ],
  'short forms of chat': [
    ['en', 'sat or sun', '2026-11-28 day', '2026-11-29 day'],
    ['en', 'half six', '18:30 minute'],
    ['en', '7 this evening', '2026-11-24 19:00 hour'],
    ['es', 'jue a las 8', '2026-11-26 20:00 hour'],
    ['es', 'pasado a las 10', '2026-11-26 10:00 hour'],
    ['es', 'la semana q viene', '2026-11-30 > 2026-12-07 week'],
    ['es', 'del 5 al 8', '2026-12-05 > 2026-12-09 day'],
    ['es', 'a última hora'],
    ['tr', 'cmt 14', '2026-11-28 14:00 hour'],
    ['tr', 'yedide orada olurum', '19:00 hour'],
    ['tr', 'üçte bir'],
    ['tr', 'perşembe öğleden sonra 3', '2026-11-26 15:00 hour'],
    ['tr', '9:30 - 11:00 arası perşembe', '2026-11-26 09:30 > 2026-11-26 11:00 minute'],
  ],
  'the Spanish afternoon of a named day begins at noon, of this day at four': [
    ['es', 'el viernes por la tarde', '2026-11-27 12:00 > 2026-11-27 20:00 daypart'],
    ['es', 'esta tarde', '2026-11-24 16:00 > 2026-11-24 20:00 daypart'],
  ],
  'days of the month': [
    ['en', 'the 8th', '2026-12-08 day'],
    ['en', 'Jan 5, 2027 3pm', '2027-01-05 15:00 hour'],
    ['en', 'friday 11/27', '2026-11-27 day'],
    ['es', 'el sabado 12 a las 11', '2026-12-12 11:00 hour'],
    ['es', 'primero de mayo', '2027-05-01 day'],
    ['tr', 'ayın 15\'inde', '2026-12-15 day'],
    ['tr', 'gelecek ayın ilk cuması', '2026-12-04 day'],
    ['en', 'last monday of may', '2027-05-31 day'],
    ['tr', '15 Mart Cuma', '2027-03-15 day'],
    ['en', '13/31/2018'],
    ['en', 'August 32'],
  ],
  'counted from an hour': [
    ['en', '15 minutes before noon', '11:45 minute'],
    ['en', 'half an hour after six', '18:30 minute'],
    ['es', '2 horas después de las 4', '18:00 hour'],
    ['tr', 'saat 16\'dan 30 dakika sonra', '16:30 minute'],
    ['en', 'for 2 hours from 2pm', '14:00 hour'],
    ['en', '+1 day', '2026-11-25 day'],
    ['en', '-2hr5min', '2026-11-24 07:55 minute'],
  ],
  'before and after an hour of a day': [
    ['en', 'tomorrow before 4pm', '2026-11-25 16:00 hour'],
    ['es', 'el viernes después de las 5', '2026-11-27 17:00 hour'],
    ['en', 'within 20 minutes', '2026-11-24 10:00 > 2026-11-24 10:20 minute'],
  ],
  'weeks of a month, edges of days': [
    ['en', 'first week of October', '2027-10-04 > 2027-10-11 week'],
    ['es', 'la primera semana de marzo', '2027-03-01 > 2027-03-08 week'],
    ['tr', 'martın ilk haftası', '2027-03-01 > 2027-03-08 week'],
    ['tr', '31\'inci hafta', '2026-07-27 > 2026-08-03 week'],
    ['es', 'el último viernes del mes', '2026-11-27 day'],
    ['tr', 'ayın son cuması', '2026-11-27 day'],
    ['es', 'al final del domingo', '2026-11-29 23:59 minute'],
    ['en', 'later today', '2026-11-24 12:00 > 2026-11-25 daypart'],
    ['es', 'la noche del 24', '2026-11-24 20:00 > 2026-11-25 00:00 daypart'],
    ['en', 'next business day', '2026-11-25 day'],
  ],
  'seasons and decades': [
    ['en', 'next summer', '2027-06-01 > 2027-09-01 month'],
    ['es', 'el invierno pasado', '2025-12-01 > 2026-03-01 month'],
    ['tr', 'bu yaz', '2027-06-01 > 2027-09-01 month'],
    ['en', 'a chair from the seventies', '1970-01-01 > 1980-01-01 year'],
    ['en', 'a fall jacket'],
    ['tr', 'bana yaz'],
  ],
  'hours of the morning and of the evening between two hours': [
    ['en', 'monday 8 to 2', '2026-11-30 08:00 > 2026-11-30 14:00 hour'],
    ['en', 'monday 8 to 9', '2026-11-30 08:00 > 2026-11-30 09:00 hour'],
    ['en', 'monday 5 to 6', '2026-11-30 17:00 > 2026-11-30 18:00 hour'],
    ['es', 'entre las 5 y 6pm', '17:00 > 18:00 hour'],
  ],
  'Turkish case makes the hour and the day': [
    ['tr', 'sabahın 5\'inde', '05:00 hour'],
    ['tr', 'akşamın 8\'inde', '20:00 hour'],
    ['tr', 'haftaya bugün', '2026-12-01 day'],
    ['tr', '2027 yılında', '2027-01-01 > 2028-01-01 year'],
    ['tr', 'kasım ayının 5\'inde', '2027-11-05 day'],
    ['tr', 'otuzunda', '2026-11-30 day'],
  ],
  'dashes and dots between day and month': [
    ['es', 'el 4-22', '2027-04-22 day'],
    ['es', 'nos vemos el 12-5', '2027-05-12 day'],
    ['tr', '05.03', '2027-03-05 day'],
    ['es', 'la semana del 18.º', '2026-12-14 > 2026-12-21 week'],
  ],
  'marks, sizes and wishes are no dates': [
    ['en', '10/10'],
    ['en', '9/10 condition'],
    ['en', '24/7'],
    ['en', '3/4 inch'],
    ['en', 'merry christmas'],
    ['en', 'at a couple of'],
  ],
  'the country decides which number is the month': [
    ['en', '3/4', '2027-03-04 day'],
    ['es', '3/4', '2027-04-03 day'],
    ['tr', '3/4/2027', '2027-04-03 day'],
  ],
  'ranges': [
    ['en', 'tomorrow 3-5pm', '2026-11-25 15:00 > 2026-11-25 17:00 hour'],
    ['en', 'from 11 to 3pm', '11:00 > 15:00 hour'],
    ['en', '8 am to noon', '08:00 > 12:00 hour'],
    ['es', 'mañana de 5 a 7', '2026-11-25 17:00 > 2026-11-25 19:00 hour'],
    ['es', 'entre las 5 y las 7', '17:00 > 19:00 hour'],
    ['tr', 'saat 3\'ten 5\'e kadar', '15:00 > 17:00 hour'],
    ['tr', '3 ile 5 arasında', '15:00 > 17:00 hour'],
    ['tr', 'sabah 9\'dan akşam 5\'e kadar', '09:00 > 17:00 hour'],
    ['en', 'june 5th-9th', '2027-06-05 > 2027-06-10 day'],
    ['es', '7 de la tarde', '19:00 hour'],
    ['es', 'a las 12 de la mañana', '12:00 hour'],
    ['es', 'del 3 al 5 de mayo', '2027-05-03 > 2027-05-06 day'],
    ['en', 'Monday through Friday', '2026-11-30 > 2026-12-05 day'],
  ],
  'counted from now': [
    ['en', 'be there in 20', '2026-11-24 10:20 minute'],
    ['en', 'an hour and a half from now', '2026-11-24 11:30 minute'],
    ['en', 'a week from tomorrow', '2026-12-02 day'],
    ['es', 'en media hora', '2026-11-24 10:30 minute'],
    ['es', 'dentro de 2 semanas', '2026-12-08 day'],
    ['tr', 'yarım saat sonra', '2026-11-24 10:30 minute'],
    ['tr', '5 dakikaya oradayım', '2026-11-24 10:05 minute'],
    ['tr', 'iki gün sonra saat 5\'te', '2026-11-26 17:00 hour'],
  ],
  'what is no time stays silent': [
    ['en', 'sat down'],
    ['es', '32 de agosto'],
    ['tr', 'pazarlık var mı'],
    ['en', 'good morning'],
    ['en', 'I may want it'],
    ['en', 'it has 5 drawers and weighs 20 lbs'],
    ['en', 'call 555-123-4567'],
    ['en', 'room 404'],
    ['en', 'in 9999 years'],
    ['en', 'I am at 10, how about 2100 or 150'],
    ['en', 'Version: 1.10.30'],
    ['es', 'buenas tardes, tiene 3 años'],
    ['es', 'me lo dejas en 35?'],
    ['tr', 'ona verdim, onu almak istiyorum'],
    ['tr', 'iyi akşamlar, 42 numara'],
  ],
};

for (const [rule, cases] of Object.entries(CASES)) {
  describe(rule, () => {
    for (const [language, text, ...expected] of cases) {
      it(`${language}: ${text}`, () => {
        expect(timesOf(language, text)).toEqual(expected);
      });
    }
  });
}

describe('as people type it', () => {
  const cases: readonly (readonly [Language, string, ...string[]])[] = [
    ['es', 'puedo pasar mañana x la tarde sobre las 5?', '2026-11-25 17:00 hour'],
    ['es', 'de 10 a 14h estoy en casa', '10:00 > 14:00 hour'],
    ['es', 'lo recojo el sabado a las 11 en la puerta', '2026-11-28 11:00 hour'],
    ['tr', 'yarin saat 3 gibi kadikoyde bulusalim', '2026-11-25 15:00 hour'],
    ['tr', 'bugun aksam 7de metroda alirim', '2026-11-24 19:00 hour'],
    ['tr', 'aksam 8 e kadar evdeyim', '20:00 hour'],
    ['tr', '10 dk ya oradayim', '2026-11-24 10:10 minute'],
    ['tr', 'c.tesi 3te', '2026-11-28 15:00 hour'],
    ['en', 'modnay @ 3', '2026-11-30 15:00 hour'],
    ['en', 'tmrw 9am', '2026-11-25 09:00 hour'],
  ];
  for (const [language, text, ...expected] of cases) {
    it(`${language}: ${text}`, () => {
      expect(timesOf(language, text)).toEqual(expected);
    });
  }
});

describe('reference and zone', () => {
  it('"tomorrow" follows the day of the speaker, not of the server', () => {
    const at = Date.parse('2026-11-24T22:30:00Z');
    expect(timesOf('tr', 'yarın', { at, zone: 'Europe/Istanbul' })).toEqual(['2026-11-26 day']);
    expect(timesOf('en', 'tomorrow', { at, zone: 'America/Detroit' })).toEqual(['2026-11-25 day']);
  });

  it('"in 3 hours" counts real hours across a change of the clocks', () => {
    const at = Date.parse('2026-11-01T04:30:00Z');
    expect(timesOf('en', 'in 3 hours', { at, zone: 'America/Detroit' }))
      .toEqual(['2026-11-01 02:30 minute']);
  });

  it('"today at 10", said at two in the afternoon, is ten in the evening', () => {
    const at = Date.parse('2026-11-24T14:00:00Z');
    expect(timesOf('en', 'today at 10', { at })).toEqual(['2026-11-24 22:00 hour']);
  });
});
