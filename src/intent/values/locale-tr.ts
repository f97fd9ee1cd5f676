import { lexiconOf, series, type Case, type Role, type Row } from './lexicon.ts';
import { SHARED_CURRENCY, SHARED_THINGS } from './locale-shared.ts';

const NUMBERS: readonly Row[] = [
  ...series('number', 0, [
    'sıfır', 'bir|?bi', 'iki', 'üç', 'dört|dörd', 'beş', 'altı', 'yedi', 'sekiz', 'dokuz', 'on',
  ]),
  ...series('number', 11, [
    'onbir', 'oniki', 'onüç', 'ondört', 'onbeş', 'onaltı', 'onyedi', 'onsekiz', 'ondokuz',
  ]),
  { role: 'number', words: 'yirmibeş', value: 25 },
  ...['yirmi', 'otuz', 'kırk', 'elli', 'altmış', 'yetmiş', 'seksen', 'doksan'].map(
    (words, index): Row => ({ role: 'number', words, value: 20 + index * 10 }),
  ),
  { role: 'number', words: '?ona', value: 10, case: 'dat' },
  { role: 'number', words: '?onu', value: 10, case: 'acc' },
  { role: 'number', words: '?onda', value: 10, case: 'loc' },
  { role: 'number', words: '?ondan', value: 10, case: 'abl' },
  { role: 'number', words: '?biri|?birinde|?birine|?birinden', value: 1, case: 'day' },
  { role: 'number', words: '?birde', value: 1, case: 'loc' },
  { role: 'number', words: '?birden', value: 1, case: 'abl' },
  { role: 'number', words: '?bire', value: 1, case: 'dat' },
  { role: 'number', words: '?ucu', value: 3 },
  { role: 'number', words: 'birkaç|bir kaç', value: 3, name: 'some' },
  { role: 'number', words: 'bir çift', value: 2, name: 'some' },
  { role: 'multiple', words: 'yüz', value: 100 },
  { role: 'multiple', words: 'bin', value: 1000 },
  { role: 'multiple', words: 'milyon', value: 1e6 },
  { role: 'multiple', words: 'milyar', value: 1e9 },
  ...series('ordinal', 1, [
    'birinci|ilk', 'ikinci', 'üçüncü', 'dördüncü', 'beşinci', 'altıncı', 'yedinci', 'sekizinci',
    'dokuzuncu', 'onuncu',
  ]),
  { role: 'fraction', words: 'buçuk|buçuğa|buçuğu', value: 0.5, name: 'and-half' },
  { role: 'fraction', words: 'yarım', value: 0.5 },
  { role: 'fraction', words: 'çeyrek', value: 0.25 },
  { role: 'fraction', name: 'quarter', words: 'çeyreği|çeyreğinde|çeyreğine|çeyreğinin|çeyreğinden',
    value: 0.25 },
];

const CALENDAR: readonly Row[] = [
  ...series('weekday', 0, [
    'pazar', 'pazartesi|pzt|ptesi|p . tesi', 'salı|?sal', 'çarşamba|çar|çarş', 'perşembe|?per|perş|prş|prşmb',
    'cuma|?cum', 'cumartesi|cmt|ctesi|c . tesi',
  ]),
  ...series('month', 1, [
    'ocak|?oca', 'şubat|?sub', 'mart', 'nisan|?nis', 'mayıs|?may', 'haziran|?haz', 'temmuz|?tem',
    'ağustos|?agu', 'eylül|?eyl', 'ekim|?eki', 'kasım|?kas', 'aralık|?ara',
  ]),
  { role: 'day', words: 'bugün|bugun|bu gün|o gün', value: 0 },
  { role: 'day', words: 'yarın|yarin|yarınki|ertesi gün|sonraki gün|bir sonraki gün', value: 1 },
  { role: 'day', words: 'öbür gün|ertesi günü|yarından sonraki gün|yarından sonra|öbürsü gün' +
    '|yarın değil öbür gün|yarın değil ertesi gün|yarın değil öbürsü gün', value: 2 },
  { role: 'day', words: 'dün|bir önceki gün', value: -1 },
  { role: 'day', words: 'evvelsi gün|evvelki gün|önceki gün|dünden önceki gün', value: -2 },
  { role: 'day', words: 'şimdi|şu an|şu anda|hemen|hemen şimdi|şuan|şuanda|en kısa sürede|bir an ' +
    'önce|en kısa zamanda|derhal', name: 'now' },
  { role: 'relative', words: 'gelecek|haftaya|öbür', value: 1, name: 'next' },
  { role: 'relative', words: 'önümüzdeki|sonraki|takip eden'
    + '|bir sonraki|dahaki|bir dahaki', value: 1, name: 'coming' },
  { role: 'relative', words: 'bu|şu', value: 0, name: 'this' },
  { role: 'relative', words: 'evvelki|evvelsi', value: -2, name: 'last' },
  { role: 'relative', words: 'geçen|son|önceki|bir önceki|geçtiğimiz', value: -1, name: 'last' },
  { role: 'feast', words: 'yılbaşı|yıl başı|yılbaşında', value: 101 },
  { role: 'feast', words: 'yılbaşı gecesi', value: 1231 },
  { role: 'feast', words: 'noel', value: 1225 },
  { role: 'feast', words: 'noel arifesi', value: 1224 },
  { role: 'feast', words: 'ulusal egemenlik ve çocuk bayramı|çocuk bayramı', value: 423 },
  { role: 'feast', words: 'gençlik ve spor bayramı|gençlik bayramı', value: 519 },
  { role: 'feast', words: 'zafer bayramı', value: 830 },
  { role: 'feast', words: 'öğretmenler günü', value: 1124 },
  { role: 'feast', name: 'eid-al-fitr', words: 'ramazan bayramı|şeker bayramı' },
  { role: 'feast', name: 'eid-al-adha', words: 'kurban bayramı' },
  { role: 'feast', name: 'mothers', words: 'anneler günü' },
  { role: 'feast', name: 'fathers', words: 'babalar günü' },
  { role: 'feast', name: 'easter', words: 'paskalya' },
  { role: 'feast', words: 'sevgililer günü', value: 214 },
  { role: 'feast', words: 'cumhuriyet bayramı', value: 1029 },
  { role: 'feast', words: 'işçi bayramı|emek bayramı', value: 501 },
  { role: 'unit', name: 'second', words: 'saniye|sn' },
  { role: 'unit', name: 'minute', words: 'dakika|dk|dakka|dak' },
  { role: 'unit', name: 'hour', words: 'saat|sa' },
  { role: 'unit', name: 'day', words: 'gün' },
  { role: 'unit', name: 'workday', words: 'iş gün|iş günü' },
  { role: 'unit', name: 'week', words: 'hafta|haftaya|çalışma haftası|iş haftası' },
  { role: 'unit', name: 'weekend', words: 'hafta sonu|haftasonu|hafta sonun|hafta sonları|haftasonları' },
  { role: 'day', words: 'öbür hafta|öbür haftaya|öteki hafta', name: 'week-after' },
  { role: 'unit', name: 'month', words: 'ay' },
  { role: 'unit', name: 'half-year', words: 'yarısı' },
  { role: 'unit', name: 'year', words: 'yıl|sene' },
  { role: 'unit', name: 'century', words: 'asır|yüzyıl' },
  ...series('unit', 0, ['ilkbahar|bahar', 'yaz', 'sonbahar', 'kış']).map(
    (row): Row => ({ ...row, name: 'season' }),
  ),
];

const CLOCK: readonly Row[] = [
  { role: 'meridiem', words: 'am', value: 1 },
  { role: 'meridiem', words: 'pm', value: 2 },
  { role: 'part', name: 'morning', words: 'sabah|öğleden önce|sabahleyin|sabah saatleri|sabaha karşı' },
  { role: 'part', name: 'noon', words: 'öğlen|öğle|öğleyin|öğle vakti|öğlenleyin' },
  { role: 'part', name: 'business', words: 'iş saatleri|mesai saatleri|mesai saati|çalışma saatleri' },
  { role: 'part', name: 'lunch', words: 'öğle yemeği|öğle arası|öğle yemeği saati' },
  { role: 'part', name: 'afternoon', words: 'öğleden sonra|ikindi' },
  { role: 'part', name: 'evening', words: 'akşam|akşamüstü|akşamleyin|akşamüzeri|akşam üzeri' +
    '|akşam üstü' },
  { role: 'part', name: 'night', words: 'gece|geceleyin' },
  { role: 'part', name: 'midnight', words: 'gece yarısı|geceyarısı' },
  { role: 'edge', name: 'same', words: 'aynı saatte|aynı saatlerde|aynı saat|bu saatte|bu saatlerde|bu zamanlar'
    + '|bu vakitler' },
  { role: 'edge', name: 'begin', words: 'başı|başında|başlangıcı|başlarında|başına' },
  { role: 'edge', name: 'early', words: 'erken|erken saatte|erken saatler|erken saatlerde' +
    '|erkenden|ilk saatleri|ilk saatlerinde' },
  { role: 'edge', name: 'middle', words: 'ortası|ortasında|ortaları|ortalarında' },
  { role: 'edge', name: 'late', words: 'geç saatte|geç saatler|geç saatlerde|daha sonra' +
    '|geç saatleri|son saatleri' },
  { role: 'edge', name: 'end', words: 'sonu|sonunda|sonuna|sonları|sonlarında|bitimi' },
  { role: 'edge', name: 'rest', words: 'geri kalanı|geri kalanında|geri kalan|kalanında|kalanı' },
  { role: 'link', name: 'minutes-past', words: 'geçe|geçiyor|geçerken|gece' },
  { role: 'link', name: 'minutes-to', words: 'kala|var|kalarak|kalıyor' },
  { role: 'link', name: 'ish', words: 'civarı|civarında|gibi|sularında|sıralarında|suları|tam' +
    '|civarlarında|falan|filan|tamda' },
];

const LINKS: readonly Row[] = [
  { role: 'link', name: 'around', words: 'yaklaşık|tahmini|mesela|diyelim|diyelim ki' },
  { role: 'link', name: 'by', words: 'en geç' },
  { role: 'link', name: 'time', words: 'bir ara|bir - ara' },
  { role: 'link', name: 'until', words: 'kadar|dek|değin|doğru' },
  { role: 'link', name: 'and', words: 've|ile|veya' },
  { role: 'link', name: 'or', words: 'ya da|yada' },
  { role: 'link', name: 'among', words: 'arası|arasında|arasına|aralığında|arasındaki' },
  { role: 'link', name: 'after', words: 'itibaren|sonra|sonraya|sonrası|sonraki' },
  { role: 'link', name: 'before', words: 'önce|önceye|öncesi|evvel' },
  { role: 'link', name: 'inside', words: 'içinde|içerisinde|içi' },
  { role: 'link', name: 'for', words: 'için' },
  { role: 'link', name: 'breakfast', words: 'kahvaltı|kahvaltıya|kahvaltıda' },
  { role: 'link', name: 'dinner', words: 'akşam yemeği|akşam yemeğine|akşam yemeğini' },
  { role: 'link', name: 'during', words: 'boyunca|süreyle|ertele' },
  {
    role: 'link', name: 'offer',
    words: 'olur|verir|veririm|verebilirim|verdim|alirim|alayim|fiyat|fiyati|fiyata|teklif'
      + '|olsun|olmaz|anlasalim'
      + '|birakir|birakirim|birakirsan|yapalim|yap|yaparim|inelim|iner|veriyorum|anlasiriz'
      + '|odeyebilirim|oderim',
  },
  { role: 'link', name: 'the', words: 'günü|gününde|gününe|günkü|günlerinde' },
];

const MONEY: readonly Row[] = [
  { role: 'currency', name: 'TRY', words: 'tl|lira|liraya|türk lirası|tele|tlye|tlden|tlya|₺|try' },
  { role: 'currency', name: 'KURUS', words: 'kuruş' },
  { role: 'currency', name: '$', words: 'dolar' },
  { role: 'currency', name: 'USD', words: 'abd doları|amerikan doları' },
  { role: 'currency', name: 'CAD', words: 'c $|$ c|kanada doları' },
  { role: 'currency', name: 'EUR', words: 'avro|yuro' },
  { role: 'currency', name: 'CENT', words: 'sent|cent' },
  { role: 'currency', name: 'GBP', words: 'sterlin|ingiliz sterlini|pound' },
  { role: 'currency', name: 'PENNY', words: 'peni' },
  { role: 'currency', name: 'OTHER', words: 'frank|ruble|kron|mark|peso|bitcoin|rupi|dinar|riyal' +
    '|manat|şekel|peseta|liret|florin|guldeni' },
];

const THINGS: readonly Row[] = [
  {
    role: 'thing',
    words: 'metre|santim|santimetre|milimetre|kilometre|kilo|gram|litre|kişi|kişilik|adet|tane' +
      '|parça|inç|beden|numara|no|giga|beygir|model|kapı|oda|kat|kere|kez|puan|yıldız|yaşında|yaş' +
      '|yılbaşı ağacı|yılbaşı süsü|gece görüşlü|gece görüşü'
      + '|gece lambası|gece lambaları|gece elbisesi|pazar arabası|pazar yeri|pazar yerinde'
      + '|pazar filesi|pazar esnafı|pazar çantası|çekmece|sandalye|vites|takım|çift|derece|yüzde|koltuk|bilet|defa',
  },
  { role: 'link', name: 'percent', words: 'yüzde' },
];

const CASES: ReadonlyArray<readonly [Case, string]> = [
  ['loc', 'de|da|te|ta|deki|daki|teki|taki|ki|ku|ndaki|ndeki|deyim|dayim|teyim|tayim'],
  ['abl', 'den|dan|ten|tan|nden|ndan'],
  ['dat', 'e|a|ye|ya|ne|na'],
  ['acc', 'i|u|yi|yu'],
  ['ins', 'la|le|yla|yle'],
  ['gen', 'in|un|nin|nun|inin|unun|sinin|sunun'],
  ['day', 'si|su|sinde|sinda|inde|inda|unda|unde|ine|una|une|sine|sina|ini|unu|sini|sunu|nde|nda|inden' +
    '|indan|unden|undan|sinden|sindan|indeki|indaki|undeki|undaki|sindeki|sindaki'],
  ['', 'lar|ler|lari|leri|larda|lerde|larinda|lerinde|dir|dur|tir|tur'],
  ['measure', 'lik|luk|ligi|lugu|ligina|lugune'],
  ['ordinal', 'inci|uncu|nci|ncu'],
];

const suffixes = new Map<string, Case>();
for (const [grammatical, list] of CASES) {
  for (const suffix of list.split('|')) suffixes.set(suffix, grammatical);
}

const roles: ReadonlySet<Role> = new Set<Role>([
  'number', 'multiple', 'weekday', 'month', 'day', 'part', 'unit', 'fraction', 'currency', 'feast',
]);

/** Everyday words that look like an inflected number or name ("ona" to him, "altında" under). */
const excluded: ReadonlySet<string> = new Set(
  ('ona|onu|onda|ondan|onla|onun|birle|binle|yuzle|onlar|onlari|onlarda' +
    '|biri|birinde|birine|birini|birinden|birin|altin' +
    '|altinda|altina|altindan|altinin|yuzu|yuzune|yuzunu|yuzde|yuzden|yuzunden|yuzun|bini|bine' +
    '|sana|sanda|ucu|ucunda|ayi|ayla|ayin|saatin|saati|saatini|saatler|saatlik|binin|binler|birler' +
    '|ikiler|onlarda|ekime|karti|marka|martin|aralikta|kirki|satildi|satin|elline|elliler' +
    '|pazarlik|pazarligi|pazarliga|gunun|geceler|birde|binde|binden|birden|onde|onden|one|onin' +
    '|onlik|onluk|yuze|yuzler|cara' +
    '|caren|carin|cari|carlar')
    .split('|').filter((word) => !['ayin', 'gunun', 'martin', 'aralikta', 'ekime'].includes(word)),
);

export const TURKISH = lexiconOf(
  'tr',
  [
    ...NUMBERS, ...CALENDAR, ...CLOCK, ...LINKS, ...MONEY, ...SHARED_CURRENCY, ...SHARED_THINGS,
    ...THINGS,
  ],
  { suffixes, roles, excluded },
);
