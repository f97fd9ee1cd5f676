import { fold } from '../characters.ts';
import type { Language } from '../mentions.ts';

/** Words of one language that decide where a place begins, what is one, and what is none. */
export interface PlaceWords {
  /** Words in front of a place ("at", "in"). */
  readonly before: ReadonlySet<string>;
  /** Verbs before `towards` and a name ("going to Costco"). */
  readonly going: ReadonlySet<string>;
  readonly towards: string;
  readonly articles: ReadonlySet<string>;
  /** Nouns that are places without a capital letter. */
  readonly nouns: ReadonlySet<string>;
  /** Towns and provinces people write without a capital letter. */
  readonly towns: ReadonlySet<string>;
  /** What follows the same prepositions without being a place ("in cash", "at least"). */
  readonly never: ReadonlySet<string>;
  /** Words that end a name. */
  readonly stop: ReadonlySet<string>;
}

function words(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')).map(fold));
}

const US_TOWNS = 'chicago boston seattle houston dallas denver detroit phoenix miami atlanta '
  + 'austin '
  + 'portland oakland berkeley cambridge bellevue brooklyn manhattan queens bronx philadelphia '
  + 'memphis '
  + 'nashville orlando tampa cleveland pittsburgh cincinnati sacramento fremont sunnyvale gilroy '
  + 'glendale pasadena anaheim tucson omaha minneapolis milwaukee baltimore richmond buffalo '
  + 'rochester dearborn warren livonia troy novi florida texas california arizona nevada '
  + 'oregon ohio '
  + 'michigan utah colorado hawaii alaska london paris madrid barcelona rome berlin vegas';

const SPANISH_TOWNS = 'madrid barcelona valencia sevilla zaragoza malaga murcia palma bilbao '
  + 'alicante '
  + 'cordoba valladolid vigo gijon granada elche oviedo badalona cartagena terrassa jerez sabadell '
  + 'mostoles pamplona almeria fuenlabrada leganes getafe burgos albacete santander castellon '
  + 'alcorcon '
  + 'logrono badajoz salamanca huelva marbella lleida tarragona leon cadiz jaen ourense girona '
  + 'lugo '
  + 'caceres ceuta melilla toledo cuenca segovia soria teruel huesca avila zamora palencia vitoria '
  + 'atocha chamartin sants sol moncloa vallecas chueca malasana lavapies gracia triana nervion';

const TURKISH_TOWNS = 'istanbul ankara izmir bursa adana gaziantep konya antalya kayseri mersin '
  + 'eskisehir diyarbakir samsun denizli sanliurfa adapazari malatya kahramanmaras erzurum van '
  + 'batman '
  + 'elazig sivas manisa trabzon balikesir kocaeli izmit sakarya tekirdag mugla bodrum aydin hatay '
  + 'edirne kirklareli canakkale yalova bolu duzce zonguldak karabuk ordu giresun rize artvin kars '
  + 'igdir agri mus bitlis siirt mardin sirnak hakkari tunceli bingol erzincan bayburt gumushane '
  + 'tokat amasya corum yozgat kirsehir nevsehir nigde aksaray karaman isparta burdur afyon usak '
  + 'kutahya bilecik kadikoy besiktas sisli taksim uskudar bakirkoy bostanci levent maslak '
  + 'mecidiyekoy '
  + 'kartal pendik maltepe atasehir umraniye beylikduzu avcilar kizilay cankaya bornova karsiyaka '
  + 'alsancak konak eminonu karakoy sultangazi esenyurt fatih sariyer etiler bebek cevahir zorlu';

export const PLACE_WORDS: Readonly<Record<Language, PlaceWords>> = {
  en: {
    before: words('at in @ near outside inside behind by across next'),
    going: words('go going come coming ride heading head headed cab get over drive driving drove down'),
    towards: 'to',
    articles: words('the my our your'),
    nouns: words(
      'mall park starbucks home house office school store station library church gym cafe '
      + 'restaurant '
      + 'bar airport hotel hospital beach street plaza center centre corner entrance lobby theater '
      + 'theatre museum stadium zoo closet site pool garage walmart target mcdonalds costco '
      + 'downtown '
      + 'uptown midtown market campus university college court courthouse arena ballpark '
      + 'playground '
      + 'lake pier harbor dock cafeteria kitchen clinic bank gas-station supermarket grocery '
      + 'shop salon '
      + 'bakery pub diner place parents moms dads apartment building basement warehouse studio '
      + 'club '
      + 'gallery casino square bridge tower terminal depot warehouse dealership lot garden gardens '
      + 'work headquarters hq dentist dentists doctor doctors vet barber gas auditorium chapel '
      + 'temple mosque cathedral arcade cinema rink chipotle wendys ikea safeway '
      + 'liberty avenue road boulevard drive lane highway exit ranch farm cabin resort spa '
      + 'bellevue door driveway porch curb walgreens cvs kroger publix aldi lowes kohls macys dunkin '
      + 'panera subway dennys ihop applebees chilis',
    ),
    towns: words(US_TOWNS),
    never: words(
      'calendar schedule time times moment least most all once first last future meantime case '
      + 'person '
      + 'cash question fact general addition advance touch mind order response shape condition '
      + 'price '
      + 'color total box stock half that this it them person hand use working need one two '
      + 'case luck '
      + 'contact style size black white blue red new good great excellent perfect fair mint '
      + 'pristine '
      + 'terms hopes way event events day night today tomorrow morning evening afternoon '
      + 'minute minutes '
      + 'hour hours week weeks month months year years bit point end beginning middle rate '
      + 'cost level '
      + 'speed same lunch dinner breakfast which what whatever any some town person space between '
      + 'regards regard which me you us him her there here english spanish part parts pieces fall '
      + 'summer winter spring autumn meeting minimum maximum discount value ad listing picture '
      + 'photo '
      + 'pictures photos description car truck full no risk love fun return trade exchange',
    ),
    stop: words(
      'with for to from about and so that which because please lets if but then when where '
      + 'while will '
      + 'is are was were be been would could should can may might i you he she we they it me '
      + 'him her us '
      + 'them my your his their our as by until till or than also who called named thanks '
      + 'thank after '
      + 'before during this next last every each add make create schedule set put mark not '
      + 'just only '
      + 'where how what does do did has have had too around starting beginning lasting tell '
      + 'show remind '
      + 'between starts start ends all everyone both end instead again named titled let',
    ),
  },
  es: {
    before: words('en frente enfrente junto cerca lado detras'),
    going: words('ir voy vamos vas venir vengo ven viene'),
    towards: 'a',
    articles: words('el la los las mi tu'),
    nouns: words(
      'plaza metro estacion centro casa parque calle avenida bar cafeteria cafe restaurante tienda '
      + 'supermercado mercado gasolinera puerta entrada salida parking aparcamiento '
      + 'ayuntamiento biblioteca '
      + 'universidad colegio instituto iglesia catedral hospital farmacia aeropuerto hotel '
      + 'playa puerto '
      + 'estadio gimnasio cine teatro museo mercadona carrefour ikea corte oficina trabajo '
      + 'portal barrio '
      + 'rotonda esquina fuente paseo polideportivo piscina facultad campus cercanias renfe '
      + 'parada burger',
    ),
    towns: words(SPANISH_TOWNS),
    never: words(
      'efectivo mano metalico total buen buena perfecto perfecta mal muy este esta ese esa eso '
      + 'esto un '
      + 'una el la los las que cuanto cuando general caso estado persona serio principio venta '
      + 'color '
      + 'caja punto media hora horas minutos dias semanas meses anos seguida cualquier uso pie '
      + 'oferta '
      + 'negro blanco garantia cuenta breve torno funcion realidad anuncio foto fotos',
    ),
    stop: words(
      'con para por y o que si pero a las los cuando donde como es son esta estan fue sera '
      + 'puedes puedo '
      + 'te me nos le les se lo hoy manana desde hasta sobre antes despues porque gracias vale '
      + 'ok a el '
      + 'sin mas entonces pues tu yo no',
    ),
  },
  tr: {
    before: words(),
    going: words(),
    towards: '',
    articles: words(),
    nouns: words(
      'metro avm kafe cafe meydan istasyon durak park cami okul market otogar havaalani '
      + 'terminal ofis ev '
      + 'is sahil iskele hastane otel lokanta restoran kutuphane universite kampus cadde sokak '
      + 'kopru '
      + 'merkez carsi pazaryeri starbucks mcdonalds burger migros metrobus tramvay marmaray '
      + 'vapur otopark '
      + 'benzinlik dukkan magaza giris cikis kapi kose site apartman salon sinema stadyum '
      + 'plaza rezidans',
    ),
    towns: words(TURKISH_TOWNS),
    never: words('bu su o ben sen biz siz orada burada surada nerede hem ikisi hepsi herkes'),
    stop: words('ve ile icin ama da de mi mu olur bu'),
  },
};

/** Words that a place stands behind only where a verb ("going to Costco") or a name ("on Main Street") says so. */
const SOME_BEFORE = ['to', 'a', 'on'];

/** Words that a place can stand behind; none in Turkish, where its ending tells. */
export function wordsBeforePlaces(language: Language): ReadonlySet<string> {
  return language === 'tr' ? new Set() : new Set([...SOME_BEFORE, ...PLACE_WORDS[language].before]);
}

/** Whose place it can be: "at mom's". */
export const OWNERS: ReadonlySet<string> = new Set(
  ['mom', 'dad', 'mum', 'grandma', 'grandpa', 'sister', 'brother', 'friend', 'neighbor', 'aunt', 'uncle'],
);
/** Kinds of rooms, numbered: "gate 14". */
export const ROOMS: ReadonlySet<string> = new Set([
  'room',
  'gate',
  'hall',
  'suite',
  'floor',
  'building',
  'exit',
  'terminal',
  'pier',
  'platform',
  'sala',
  'puerta',
]);

/** Words of which one is in every place that is named without a capital letter. */
export function plainPlaces(language: Language): ReadonlySet<string> {
  const { nouns, towns } = PLACE_WORDS[language];
  return new Set([...nouns, ...towns, ...OWNERS, ...ROOMS]);
}
