import { lexiconOf, series, type Row } from './lexicon.ts';
import { SHARED_CURRENCY, SHARED_THINGS } from './locale-shared.ts';

const NUMBERS: readonly Row[] = [
  ...series('number', 0, [
    'zero', 'one|?a|?an', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten',
    'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen',
    'nineteen',
  ]),
  ...['twenty', 'thirty', 'forty|fourty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'].map(
    (words, index): Row => ({ role: 'number', words, value: 20 + index * 10 }),
  ),
  { role: 'number', words: '?oh|?o', value: 0, name: 'oh' },
  { role: 'number', words: 'a couple of|a couple|couple of', value: 2, name: 'some' },
  { role: 'number', words: 'a few|few|?several', value: 3, name: 'some' },
  { role: 'multiple', words: 'hundred|hundreds', value: 100 },
  { role: 'multiple', words: 'thousand|thousands', value: 1000 },
  { role: 'multiple', words: 'grand', name: 'grand', value: 1000 },
  { role: 'multiple', words: 'million|millions|mio|mm', value: 1e6 },
  { role: 'multiple', words: 'billion|billions|bn', value: 1e9 },
  { role: 'multiple', words: 'lakh|lakhs', value: 1e5 },
  { role: 'multiple', words: 'crore|crores', value: 1e7 },
  ...series('ordinal', 1, [
    'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth',
    'eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth', 'sixteenth', 'seventeenth',
    'eighteenth', 'nineteenth', 'twentieth',
  ]),
  { role: 'ordinal', words: 'thirtieth', value: 30 },
  { role: 'ordinal', words: '?st|?nd|?rd|?th', name: 'suffix' },
  { role: 'fraction', words: 'half|half a|half an|half of a|half of an|a half|an half',
    value: 0.5 },
  { role: 'fraction', words: 'quarter|a quarter|quarter of an|quarter of a|a quarter of an'
    + '|a quarter of a', value: 0.25 },
  { role: 'fraction', words: 'three quarters|three quarters of an', value: 0.75 },
];

const CALENDAR: readonly Row[] = [
  ...series('weekday', 0, [
    'sunday|sundays|?sun', 'monday|mondays|mon|mondey', 'tuesday|tuesdays|tues|tue|teusday',
    'wednesday|wednesdays|wed|weds|wensday|wednsday|wednesay', 'thursday|thursdays|thurs|thur|thu' +
    '|thurday|thrusday|thursay', 'friday|fridays|fri|firday|frieday',
    'saturday|saturdays|?sat|saterday|satuday|saturady',
  ]),
  ...series('month', 1, [
    'january|jan', 'february|feb|febuary', '?march|?mar', 'april|apr', '?may', 'june|?jun',
    'july|?jul', 'august|aug', 'september|sept|sep', 'october|oct', 'november|nov',
    'december|dec',
  ]),
  { role: 'day', words: 'today|todays|2day|tday|otd', value: 0 },
  { role: 'day', words: 'that day', value: 0, name: 'context' },
  {
    role: 'day', value: 1,
    words: 'tomorrow|tomorrows|tomorow|tommorow|tommorrow|tomorrw|tmrw|tmr|tmw|tmrrw|2moro' +
      '|2morrow|2mrw|next day|following day|tom',
  },
  { role: 'day', words: 'day after tomorrow|day after tmrw|overmorrow', value: 2 },
  { role: 'day', words: 'yesterday', value: -1 },
  { role: 'day', words: 'day before yesterday', value: -2 },
  { role: 'day', words: 'eod', value: 0, name: 'eod' },
  { role: 'day', words: 'eom', value: 0, name: 'eom' },
  { role: 'day', words: 'eoy', value: 0, name: 'eoy' },
  { role: 'day', words: '?now|right now|asap|as soon as possible|at the moment|at present|at the ' +
    'minute|at the present time|at this time|at this moment|immediately|just now', name: 'now' },
  { role: 'relative', words: 'next|following|the following|nxt', value: 1, name: 'next' },
  { role: 'relative', words: 'coming|upcoming|this upcoming'
    + '|this coming', value: 1, name: 'coming' },
  { role: 'relative', words: 'this|that|current|dis', value: 0, name: 'this' },
  { role: 'relative', words: 'last|previous|past', value: -1, name: 'last' },
  { role: 'feast', words: 'christmas|xmas|christmas day', value: 1225 },
  { role: 'feast', words: 'christmas eve|xmas eve', value: 1224 },
  { role: 'feast', words: "new year ' s eve|new years eve|nye", value: 1231 },
  { role: 'feast', words: "new year|new years|new year ' s day|new years day", value: 101 },
  { role: 'feast', words: 'halloween', value: 1031 },
  { role: 'feast', name: 'easter', words: 'easter|easter sunday' },
  { role: 'feast', name: 'easter-monday', words: 'easter monday' },
  { role: 'feast', name: 'good-friday', words: 'good friday' },
  { role: 'feast', name: 'palm-sunday', words: 'palm sunday' },
  { role: 'feast', name: 'ash-wednesday', words: 'ash wednesday' },
  { role: 'feast', name: 'mardi-gras', words: 'mardi gras|shrove tuesday' },
  { role: 'feast', name: 'holy-week', words: 'holy week' },
  { role: 'feast', name: 'thanksgiving', words: 'thanksgiving|thanksgiving day|turkey day' },
  { role: 'feast', name: 'thanksgiving-eve', words: 'thanksgiving eve' },
  { role: 'feast', name: 'black-friday', words: 'black friday' },
  { role: 'feast', name: 'cyber-monday', words: 'cyber monday' },
  { role: 'feast', name: 'memorial', words: 'memorial day' },
  { role: 'feast', name: 'labor', words: 'labor day' },
  { role: 'feast', name: 'columbus', words: "columbus day|indigenous peoples ' day|indigenous peoples day" },
  { role: 'feast', name: 'presidents', words: "presidents day|presidents ' day|president ' s day" },
  { role: 'feast', name: 'martin-luther-king', words: 'martin luther king day|mlk day'
    + '|martin luther king jr day|martin luther king jr . day' },
  { role: 'feast', name: 'eid-al-fitr', words: 'eid al fitr|eid al - fitr|eid ul fitr|eid - al - fitr' },
  { role: 'feast', name: 'eid-al-adha', words: 'eid al adha|eid al - adha|eid ul adha|eid - al - adha' },
  { role: 'feast', name: 'mothers', words: "mother ' s day|mothers day|mothers ' day" },
  { role: 'feast', name: 'fathers', words: "father ' s day|fathers day|fathers ' day" },
  { role: 'feast', words: "independence day|fourth of july", value: 704 },
  { role: 'feast', words: "workers ' day|international workers ' day|labour day"
    + "|workers day", value: 501 },
  { role: 'feast', words: "st patrick ' s day|st . patrick ' s day|st . patricks day|st patricks day"
    + "|saint patrick ' s day", value: 317 },
  { role: 'feast', words: 'veterans day|remembrance day', value: 1111 },
  { role: 'feast', words: 'boxing day', value: 1226 },
  { role: 'feast', words: 'cinco de mayo', value: 505 },
  { role: 'feast', words: "valentine ' s day|valentines day|valentines", value: 214 },
  { role: 'unit', name: 'second', words: 'sec|secs|seconds|second' },
  { role: 'unit', name: 'minute', words: 'minute|minutes|min|mins|minuets' },
  { role: 'unit', name: 'hour', words: 'hour|hours|hr|hrs|?h' },
  { role: 'unit', name: 'day', words: 'day|days|dayz|?d' },
  { role: 'unit', name: 'workday', words: 'business day|business days|work day|working day' +
    '|working days|workday|workdays|weekday' },
  { role: 'unit', name: 'week', words: 'week|weeks|wk|wks|?w|weeks time|week time|work week'
    + '|working week|workweek|business week' },
  { role: 'unit', name: 'fortnight', words: 'fortnight|fortnights' },
  { role: 'unit', name: 'weekend', words: 'weekend|weekends|week-end|week end|week - end|wknd|wkend'
    + '|wkends' },
  { role: 'unit', name: 'month', words: 'month|months|mo' },
  { role: 'unit', name: 'quarter', words: '?q' },
  { role: 'unit', name: 'year', words: 'year|years|yr|yrs' },
  { role: 'unit', name: 'ten-years', words: 'decade|decades' },
  { role: 'unit', name: 'century', words: 'century|centuries' },
  ...series('unit', 0, ['spring', 'summer', 'autumn|fall', 'winter']).map(
    (row): Row => ({ ...row, name: 'season' }),
  ),
  ...['twenties', 'thirties', 'forties|fourties', 'fifties', 'sixties', 'seventies', 'eighties',
    'nineties'].map((words, index): Row => ({
    role: 'unit', name: 'decade', words, value: 1920 + index * 10,
  })),
];

const CLOCK: readonly Row[] = [
  { role: 'meridiem', words: 'am|?a', value: 1 },
  { role: 'meridiem', words: 'pm|?p|pnm|?mp', value: 2 },
  { role: 'part', name: 'morning', words: 'morning|mornings|mornin|early morning|am' },
  { role: 'part', name: 'noon', words: 'noon|noonish|midday|noontime|high noon|mid day' },
  { role: 'part', name: 'business', words: 'business hours|working hours|work hours|office hours' },
  { role: 'part', name: 'lunch', words: 'lunchtime|lunch time|lunch hour' },
  { role: 'part', name: 'afternoon', words: 'afternoon|afternoons|aft|afternoonish|pm' },
  { role: 'part', name: 'evening', words: 'evening|evenings|dinner time|dinnertime|around dinner' },
  { role: 'part', name: 'night', words: 'night|nights|nite|nighttime|night time|night - time' },
  { role: 'part', name: 'tonight', words: 'tonight|tonite|2night|2nite' },
  { role: 'part', name: 'midnight', words: 'midnight' },
  { role: 'edge', name: 'same', words: 'same time|this time' },
  { role: 'edge', name: 'begin', words: 'beginning of|start of|early in' },
  { role: 'edge', name: 'early', words: 'early|earlier|early -' },
  { role: 'edge', name: 'middle', words: 'middle of|mid|mid -|mid of' },
  { role: 'edge', name: 'late', words: 'late|later|late -|later in|later in the' },
  { role: 'edge', name: 'end', words: 'end of|ending of' },
  { role: 'edge', name: 'rest', words: 'rest of|remainder of|remaining' },
  { role: 'link', name: 'oclock', words: "oclock|o ' clock|o \" clock|o clock|clock|o ; clock" },
  { role: 'link', name: 'ish', words: 'ish|- ish|sharp|approximately|exactly|or so' },
];

const LINKS: readonly Row[] = [
  { role: 'link', name: 'at', words: 'at|@|at around|at about|for around|at like|starting at'
    + '|beginning at' },
  { role: 'link', name: 'around', words: 'around|about|approx|say|like|circa' },
  { role: 'link', name: 'starting', words: 'starting|beginning|that starts' },
  { role: 'link', name: 'on', words: 'on' },
  { role: 'link', name: 'in', words: 'in' },
  { role: 'link', name: 'within', words: 'within|within the' },
  { role: 'link', name: 'of', words: 'of' },
  { role: 'link', name: 'the', words: 'the|my|our|your' },
  { role: 'link', name: 'from', words: 'from|since|starting from' },
  { role: 'link', name: 'until', words: 'to|until|till|til|thru|through|up to|but before|untill' },
  { role: 'link', name: 'between', words: 'between|btw|btwn' },
  { role: 'link', name: 'and', words: 'and|&|n' },
  { role: 'link', name: 'or', words: 'or' },
  { role: 'link', name: 'for', words: 'for' },
  { role: 'link', name: 'by', words: 'by' },
  { role: 'link', name: 'after', words: 'after|later than|anytime after' },
  { role: 'link', name: 'before', words: 'before|earlier than|anytime before|no later than' },
  { role: 'link', name: 'ago', words: 'ago|back|earlier|before that|prior' },
  { role: 'link', name: 'later', words: 'later|hence|from now|in the future|out|after now'
    + '|away from now' },
  { role: 'link', name: 'past', words: 'past' },
  {
    role: 'link', name: 'offer',
    words: 'offer|offering|pay|take|give|accept|do|price|asking|cash|lowest|go|sell|want|need'
      + '|for like'
      + '|spend|spent|charge|charged|transfer|refund|afford|than|budget|deal|obo|firm|buy'
      + '|spend|cost|costs|worth|total|meet|paid|counter|max|maximum|drop',
  },
  { role: 'link', name: 'dinner', words: 'dinner|supper' },
  { role: 'link', name: 'breakfast', words: 'breakfast|brekkie' },
  { role: 'link', name: 'zone', words: 'est|edt|pst|pdt|cst|cdt|mst|mdt|et|pt|ct|gmt|utc|bst|cet' },
  { role: 'link', name: 'time', words: 'time|sometime' },
];

const MONEY: readonly Row[] = [
  { role: 'currency', name: 'USD', words: 'us dollar|us dollars|u . s . dollars|american dollars' },
  { role: 'currency', name: '$', words: 'dollar|dollars|buck|bucks|dollers|dollors|dlls|bux' },
  { role: 'currency', name: 'CENT', words: 'cent|cents' },
  { role: 'currency', name: 'NICKEL', words: 'nickel|nickels' },
  { role: 'currency', name: 'DIME', words: 'dime|dimes' },
  { role: 'currency', name: 'GBP', words: 'pound|pounds|quid|quids|pound sterling'
    + '|pounds sterling' },
  { role: 'currency', name: 'PENNY', words: 'penny|pence|pennies' },
  { role: 'currency', name: 'TRY', words: 'lira|liras|turkish lira|turkish liras|tl' },
  { role: 'currency', name: 'CNY', words: 'chinese yuan|yuans' },
  { role: 'currency', name: 'CAD', words: 'canadian dollars|canadian dollar|c $' },
  { role: 'currency', name: 'AUD', words: 'australian dollars|australian dollar' },
  { role: 'currency', name: 'MXN', words: 'mexican pesos|mexican peso|pesos|peso' },
  { role: 'currency', name: 'OTHER', words: 'bitcoin|bitcoins|btc|francs|franc|marks|dirham'
    + '|dirhams' +
    '|rial|rials|krona|kronor|kroner|dinar|dinars|zloty|riyal|riyals|baht|markka' },
  { role: 'currency', name: 'KOPEK', words: 'kopiykas|kopiyka|kopek|kopeks' },
];

const THINGS: readonly Row[] = [
  {
    role: 'thing',
    words: 'inches|feet|foot|mile|miles|mi|meters|meter|kilometers|kilo|kilos|kilogram|kilograms' +
      '|gram|grams|ounce|ounces|gallon|gallons|people|persons|person|adults|adult|kids|guests'
      + '|seats' +
      '|tickets|ticket|bedroom|bedrooms|bed|beds|bath|baths|br|bd|ba|brs|rooms|room|stars|star'
      + '|times' +
      '|pieces|piece|pcs|items|units|pairs|pair|sets|percent|degrees|drawers|shelves|doors|door' +
      '|chairs|speed|speeds|gears|gig|gigs|bits|megapixels|owners|owner|keys|wheels|books|games' +
      '|controllers|story|stories|car|cars|cylinders|points|students|other|others|months old' +
      '|years old|year old|yrs old|month old|of them|of us|bikes|tires|square feet|sq ft|sq|x' +
      '|sunday dress|christmas tree|christmas trees|christmas lights|christmas decorations|halloween costume'
      + '|halloween costumes|night vision|evening gown|evening gowns|evening dress|morning glory'
      + '|weekend bag|afternoon tea|midnight blue|night stand|night stands|night table|night light|night lights'
      + '|day bed|day beds|weeks old'
      + '|wed like|wed love|wed need|wed be|wed have|wed want|wed take'
      + '|hours battery|payments|blocks|block|street|st|avenue|ave|road|rd|blvd',
  },
];

export const ENGLISH = lexiconOf('en', [
  ...NUMBERS, ...CALENDAR, ...CLOCK, ...LINKS, ...SHARED_CURRENCY, ...MONEY, ...SHARED_THINGS,
  ...THINGS,
]);
