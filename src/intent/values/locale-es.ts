import { lexiconOf, series, type Row } from './lexicon.ts';
import { SHARED_CURRENCY, SHARED_THINGS } from './locale-shared.ts';

const NUMBERS: readonly Row[] = [
  ...series('number', 0, [
    'cero', 'uno|?un|una', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve',
    'diez', 'once', 'doce', 'trece', 'catorce', 'quince', 'dieciséis', 'diecisiete', 'dieciocho',
    'diecinueve', 'veinte', 'veintiuno|veintiún|veintiuna', 'veintidós', 'veintitrés',
    'veinticuatro', 'veinticinco', 'veintiséis', 'veintisiete', 'veintiocho', 'veintinueve',
  ]),
  ...['treinta', 'cuarenta', 'cincuenta', 'sesenta', 'setenta', 'ochenta', 'noventa'].map(
    (words, index): Row => ({ role: 'number', words, value: 30 + index * 10 }),
  ),
  ...['cien|ciento', 'doscientos|doscientas', 'trescientos|trescientas',
    'cuatrocientos|cuatrocientas', 'quinientos|quinientas', 'seiscientos|seiscientas',
    'setecientos|setecientas', 'ochocientos|ochocientas', 'novecientos|novecientas'].map(
    (words, index): Row => ({ role: 'number', words, value: 100 + index * 100 }),
  ),
  { role: 'number', words: 'un par de|par de', value: 2, name: 'some' },
  { role: 'number', words: 'unos pocos|pocos|unos cuantos', value: 3, name: 'some' },
  { role: 'multiple', words: 'mil|miles', value: 1000 },
  { role: 'multiple', words: 'millón|millones', value: 1e6 },
  { role: 'multiple', words: 'mil millones', value: 1e9 },
  ...series('ordinal', 1, [
    'primero|primer|primera', 'segundo|segunda', 'tercero|tercer|tercera', 'cuarto|cuarta',
    'quinto|quinta', 'sexto|sexta', 'séptimo|séptima', 'octavo|octava', 'noveno|novena',
    'décimo|décima',
  ]),
  { role: 'ordinal', words: '?ro|?do|?to|?mo|?vo|?ero', name: 'suffix' },
  { role: 'fraction', words: 'media|medio|y media|y medio', value: 0.5 },
  { role: 'fraction', words: 'cuarto|un cuarto de|cuarto de', value: 0.25 },
  { role: 'fraction', words: 'tres cuartos de', value: 0.75 },
];

const CALENDAR: readonly Row[] = [
  ...series('weekday', 0, [
    'domingo|domingos|dom', 'lunes|?lun', 'martes|?mart', 'miércoles|mié|mierc|miercole',
    'jueves|?jue|juev', 'viernes|?vie|vier', 'sábado|sábados|sab',
  ]),
  ...series('month', 1, [
    'enero|?ene', 'febrero|feb', 'marzo|?mar', 'abril|abr', 'mayo|?may', 'junio|jun',
    'julio|jul', 'agosto|ago', 'septiembre|setiembre|sept|sep|set', 'octubre|oct',
    'noviembre|nov', 'diciembre|dic',
  ]),
  { role: 'day', words: 'hoy', value: 0 },
  { role: 'day', words: '?mañana|mñn|mñna', value: 1 },
  { role: 'part', name: 'morning', words: 'mañana|mañanas|madrugada|por la mañana|de la mañana' +
    '|en la mañana|a la mañana|x la mañana|por la mañanita|de la madrugada|en la madrugada' },
  { role: 'day', words: 'pasado mañana|día después de mañana|el día después de mañana', value: 2 },
  { role: 'day', words: 'ayer', value: -1 },
  { role: 'day', words: 'anteayer|antes de ayer|antier', value: -2 },
  { role: 'day', words: 'día siguiente|el día siguiente|al día siguiente|próximo día', value: 1 },
  { role: 'day', words: 'ahora|ahora mismo|ahorita|justo ahora|?ya|ya mismo|cuanto antes'
    + '|lo antes ' +
    'posible|en este momento|de inmediato|tan pronto como sea posible|lo más pronto posible'
    + '|inmediatamente|en seguida|enseguida', name: 'now' },
  { role: 'relative', words: 'próximo|próxima|próximos|próximas|siguiente|siguientes', value: 1,
    name: 'next' },
  { role: 'relative', words: 'que viene|que entra|q viene|k viene|q entra', value: 1, name: 'coming' },
  { role: 'relative', words: 'este|esta|?ese|?esa|?aquel', value: 0, name: 'this' },
  { role: 'relative', words: '?pasado|?pasada|pasados|pasadas|último|última|últimos|últimas' +
    '|anterior|anteriores', value: -1, name: 'last' },
  { role: 'feast', words: 'navidad|día de navidad|el día de navidad', value: 1225 },
  { role: 'feast', words: 'nochebuena|noche buena', value: 1224 },
  { role: 'feast', words: 'víspera de reyes|noche de reyes', value: 105 },
  { role: 'feast', words: 'víspera de navidad', value: 1224 },
  { role: 'feast', words: 'víspera de año nuevo', value: 1231 },
  { role: 'feast', words: 'nochevieja|noche vieja|fin de año', value: 1231 },
  { role: 'feast', words: 'año nuevo', value: 101 },
  { role: 'feast', words: 'día de reyes|reyes magos|el día de reyes', value: 106 },
  { role: 'feast', words: 'san valentín|día de los enamorados|el día de los enamorados', value: 214 },
  { role: 'feast', words: 'san patricio|día de san patricio', value: 317 },
  { role: 'feast', words: 'día del trabajador|día del trabajo|el día del trabajador'
    + '|el día del trabajo', value: 501 },
  { role: 'feast', words: 'noche de san juan', value: 623 },
  { role: 'feast', words: 'día de la hispanidad|el día de la hispanidad|el pilar', value: 1012 },
  { role: 'feast', words: 'todos los santos', value: 1101 },
  { role: 'feast', words: 'día de la constitución', value: 1206 },
  { role: 'feast', words: 'la inmaculada|inmaculada', value: 1208 },
  { role: 'feast', words: 'san josé|día del padre|el día del padre', value: 319 },
  { role: 'feast', name: 'mothers-spain', words: 'día de la madre|el día de la madre' },
  { role: 'feast', name: 'easter', words: 'domingo de pascua|domingo de resurrección|pascua' },
  { role: 'feast', name: 'easter-monday', words: 'lunes de pascua' },
  { role: 'feast', name: 'good-friday', words: 'viernes santo' },
  { role: 'feast', name: 'maundy-thursday', words: 'jueves santo' },
  { role: 'feast', name: 'holy-saturday', words: 'sábado santo' },
  { role: 'feast', name: 'palm-sunday', words: 'domingo de ramos' },
  { role: 'feast', name: 'ash-wednesday', words: 'miércoles de ceniza' },
  { role: 'feast', name: 'corpus-christi', words: 'corpus christi|el corpus' },
  { role: 'feast', name: 'holy-week', words: 'semana santa' },
  { role: 'feast', name: 'thanksgiving', words: 'acción de gracias|día de acción de gracias' },
  { role: 'feast', name: 'black-friday', words: 'black friday|viernes negro' },
  { role: 'feast', name: 'cyber-monday', words: 'cyber monday' },
  { role: 'unit', name: 'second', words: 'segundo|segundos|seg|segs' },
  { role: 'unit', name: 'minute', words: 'minuto|minutos|min|mins|minutito|minutitos' },
  { role: 'unit', name: 'hour', words: 'hora|horas|h|hs|hr|hrs|horita' },
  { role: 'unit', name: 'day', words: 'día|días' },
  { role: 'unit', name: 'workday', words: 'día hábil|días hábiles|días laborables|día laborable' },
  { role: 'unit', name: 'week', words: 'semana|semanas|sem' },
  { role: 'unit', name: 'weekend', words: 'fin de semana|fines de semana|finde|weekend|fds' },
  { role: 'unit', name: 'month', words: 'mes|meses' },
  { role: 'unit', name: 'quarter', words: 'trimestre|trimestres' },
  { role: 'unit', name: 'fortnight', words: 'quincena|quincenas' },
  { role: 'unit', name: 'half-year', words: 'semestre|semestres' },
  { role: 'unit', name: 'year', words: 'año|años' },
  { role: 'unit', name: 'ten-years', words: 'década|décadas' },
  { role: 'unit', name: 'century', words: 'siglo|siglos' },
  ...series('unit', 0, ['primavera', 'verano', 'otoño', 'invierno']).map(
    (row): Row => ({ ...row, name: 'season' }),
  ),
];

const CLOCK: readonly Row[] = [
  { role: 'meridiem', words: 'am|?a', value: 1 },
  { role: 'meridiem', words: 'pm|?p', value: 2 },
  { role: 'part', name: 'noon', words: 'mediodía|medio día|del mediodía|del medio día' +
    '|al mediodía|de mediodía' },
  { role: 'part', name: 'business', words: 'horas laborales|horario laboral|horas de trabajo'
    + '|horario de oficina|horas de oficina|horario comercial' },
  { role: 'part', name: 'lunch', words: 'hora de almuerzo|hora del almuerzo|hora de comer' +
    '|hora de la comida' },
  { role: 'part', name: 'siesta', words: 'pasado mediodía|pasado el mediodía|pasado medio día' },
  { role: 'part', name: 'tarde', words: 'tarde|tardes|tardecita|por la tarde|de la tarde' +
    '|en la tarde|a la tarde|x la tarde|tardecita' },
  { role: 'part', name: 'evening', words: 'alrededor de la cena|hora de la cena|hora de cenar' },
  { role: 'part', name: 'night', words: 'noche|noches|por la noche|de la noche|en la noche' +
    '|a la noche|x la noche|nochecita' },
  { role: 'part', name: 'tonight', words: 'anoche', value: -1 },
  { role: 'part', name: 'midnight', words: 'medianoche|media noche' },
  { role: 'edge', name: 'same', words: 'misma hora|esta hora|esta misma hora|estas horas' },
  { role: 'edge', name: 'begin', words: 'principio de|principios de|comienzo de|comienzos de|inicio de'
    + '|inicios de|primeros de|al principio de|principio del|principios del|comienzo del|comienzos del'
    + '|inicio del|inicios del|primeros del|al principio del' },
  { role: 'edge', name: 'early', words: 'temprano|más temprano|primeras horas de|primera hora de|' +
    'primeras horas|primera hora' },
  { role: 'edge', name: 'middle', words: 'mediados de|mitad de|mediados del|mitad del' },
  { role: 'edge', name: 'late', words: 'más tarde|últimas horas de|última hora de|altas horas de' +
    '|últimas horas|altas horas' },
  { role: 'edge', name: 'end', words: 'final de|finales de|fin de|fines de|final del|finales del|fin del|fines del' },
  { role: 'edge', name: 'rest', words: 'resto de|resto del' },
  { role: 'link', name: 'oclock', words: 'en punto' },
  { role: 'link', name: 'ish', words: 'más o menos|aproximadamente|aprox|y pico|horas aprox' },
];

const LINKS: readonly Row[] = [
  {
    role: 'link', name: 'oclock-at',
    words: 'a las|a la|las|alas|tipo las|tipo|a eso de las|sobre las|hacia las|para las|cerca de ' +
      'las|alrededor de las|como a las|a partir de las|de las|x las|a eso de la|sobre la|hacia la' +
      '|para la|cerca de la|alrededor de la|como a la|a partir de la',
  },
  { role: 'link', name: 'oclock-from', words: 'desde las|desde la' },
  { role: 'link', name: 'oclock-until', words: 'hasta las|hasta la' },
  { role: 'link', name: 'at', words: 'a|@|al' },
  { role: 'link', name: 'around', words: 'sobre|hacia|alrededor de|cerca de|unos|unas|como' +
    '|aproximadamente|por ahí de|digamos|pongamos' },
  { role: 'link', name: 'by', words: 'como muy tarde|a más tardar|como tarde' },
  { role: 'link', name: 'on', words: 'el|los|día|el día|los días' },
  { role: 'link', name: 'in', words: 'en|dentro de|de aquí a' },
  { role: 'link', name: 'of', words: 'de|del|do' },
  { role: 'link', name: 'the', words: 'la|lo' },
  // 1: the article of a day is in it.
  { role: 'link', name: 'from', words: 'desde el|a partir del', value: 1 },
  { role: 'link', name: 'from', words: 'desde|a partir de' },
  { role: 'link', name: 'until', words: 'hasta el', value: 1 },
  { role: 'link', name: 'until', words: 'hasta' },
  { role: 'link', name: 'between', words: 'entre' },
  { role: 'link', name: 'and', words: 'y|e' },
  { role: 'link', name: 'or', words: 'o|u' },
  { role: 'link', name: 'for', words: 'por|para|durante' },
  { role: 'link', name: 'before', words: 'antes del', value: 1 },
  { role: 'link', name: 'before', words: 'antes de' },
  { role: 'link', name: 'after', words: 'después del', value: 1 },
  { role: 'link', name: 'after', words: 'después de|luego de' },
  { role: 'link', name: 'ago', words: 'hace|atrás|antes' },
  { role: 'link', name: 'later', words: 'después|más tarde|luego' },
  {
    role: 'link', name: 'offer',
    words: 'doy|ofrezco|dejas|dejo|deja|vale|precio|ofrecer|pago|pagaria|daria|dejarlo|bajas'
      + '|bajar|quedaria'
      + '|oferta|vendo|compro|cuesta|cuanto|vendes|acepto|acepta|aceptas|aceptarias|minimo'
      + '|ultimo|total',
  },
  { role: 'link', name: 'starting', words: 'que inicia|que empieza|que comienza' },
  { role: 'link', name: 'dinner', words: 'cena|cenar|cenamos' },
  { role: 'link', name: 'breakfast', words: 'desayuno|desayunar|desayunamos' },
  { role: 'link', name: 'less', words: 'menos' },
  { role: 'link', name: 'with', words: 'con' },
];

const MONEY: readonly Row[] = [
  { role: 'currency', name: '$', words: 'dólar|dólares|de dólares|pavos de dólar' },
  { role: 'currency', name: 'USD', words: 'dólares americanos|dólares estadounidenses|de dólares ' +
    'americanos|dólares de estados unidos' },
  { role: 'currency', name: 'EUR', words: 'euros|euritos|pavos|leuros|lereles|eurillos'
    + '|de euros|ero' +
    '|euros€|euritos' },
  { role: 'currency', name: 'CENT', words: 'céntimo|céntimos|centavo|centavos|ctvs|cent|cents'
    + '|cts' },
  { role: 'currency', name: 'GBP', words: 'libra|libras|libras esterlinas|libra esterlina'
    + '|de libras' },
  { role: 'currency', name: 'PENNY', words: 'peniques|penique' },
  { role: 'currency', name: 'MXN', words: 'peso|pesos|de pesos|pesos mexicanos|varos' },
  { role: 'currency', name: 'TRY', words: 'lira|liras|liras turcas|lira turca|tl' },
  { role: 'currency', name: 'JPY', words: 'yenes|de yenes' },
  { role: 'currency', name: 'OTHER', words: 'franco|francos|de francos|peseta|pesetas|de pesetas' +
    '|quetzales|quetzal|soles|de soles|bolívares|bitcoins|bitcoin|marcos|de marcos|yuanes|coronas' +
    '|de coronas|reales|rublos|rupias|dinares|guaraníes|lempiras|córdobas|balboas' },
];

const THINGS: readonly Row[] = [
  {
    role: 'thing',
    words: 'pulgadas|pulgada|metros|metro|kilómetros|kilómetro|centímetros|milímetros|kilo|kilos' +
      '|gramos|gramo|litros|litro|personas|persona|puertas|plazas|habitaciones|habitación'
      + '|unidades' +
      '|unidad|piezas|pieza|veces|vez|gigas|giga|caballos|velocidades|marchas|juegos|mandos'
      + '|cajones' +
      '|sillas|pares|par|grados|años de uso|meses de uso|mil km|talla|niños|adultos|entradas'
      + '|puntos' +
      '|vestido de noche|crema de noche|crema de día|árbol de navidad|luces de navidad'
      + '|adornos de navidad|disfraz de halloween|bolsa de fin de semana'
      + '|ruedas|mesa de noche|mesas de noche|mesita de noche|mesitas de noche|mesilla de noche'
      + '|camas|baños|estrellas|páginas|dueños|dueño|por ciento|x',
  },
];

export const SPANISH = lexiconOf('es', [
  ...NUMBERS, ...CALENDAR, ...CLOCK, ...LINKS, ...SHARED_CURRENCY, ...MONEY, ...SHARED_THINGS,
  ...THINGS,
]);
