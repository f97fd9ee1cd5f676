import type { CueTable } from './acts-cues.ts';

/**
 * Turkish cues, with and without Turkish letters (they fold alike), question particle joined or
 * apart.
 */
export const CUES_TR: CueTable = {
  available: `duruyor mu|duruyormu|duruyor musunuz|duruyomu|duruyo mu|satildi mi|satildimi
    |satilik mi|satilikmi|hala satilik|mevcut mu|mevcut mudur|mevcutmu|var mi hala|hala var mi
    |halen var mi|hala elinizde|elinizde mi|hala duruyor|ilan guncel|guncel mi|guncelmi
    |satista mi|hala satista|elinizde var mi|satilmadi mi|alinabilir mi|hala mevcut
    |hala satilik mi|halen satilik|satildi mi acaba|halen satista|satildi mi?`,
  negotiable: `son ne olur|sonu ne|son ne|son fiyat|son fiyati|son fiyatiniz|fiyat son mu
    |en son ne|ne olur son|pazarlik|pazarlik payi|pazarlik var mi|pazarlik olur mu|indirim
    |indirim olur mu|indirim var mi|ne kadara birakir~|ne kadara verir~|kaca birakir~|kaca olur
    |kaca verir~|kac olur|fiyatta oynama|fiyatta esneklik|en son kac|en son ne kadar
    |ne kadar inersiniz|iner misiniz|indirim yapar|biraz indirim|asagisi olur mu|en dusuk
    |net fiyat|sonu kac|ucuzlar mi`,
  condition: `cizik|cizikler|kirik|catlak|sorun|sorunlu|sorunsuz|sorun var mi|sorunu var|sikinti
    |sikintisi|hasar|hasarli|kaza|kazasi|boya|degisen|calisiyor mu|calisiyormu|calisir durumda
    |durumu nasil|durumu|kondisyon|temiz mi|leke|yirtik|defo|defosu|kusur|arizali|ariza|bozuk
    |yipranma|kullanilmis mi|sifir mi|giyildi mi|tamir|islem gordu|dustu mu|mantar|pilel|eskimis
    |olu piksel|nasil durumda|saglam mi|cizigi`,
  'ask-price': `fiyati ne|fiyati nedir|fiyat nedir|fiyat ne|ne kadar|kac para|kac lira|kac tl
    |ucreti|ucret|fiyati|fiyatiniz|kaca|fiyat`,
  'ask-detail': `kac|kac yillik|kac ay|kac km|kac beden|numara|pil sagligi|garanti|garantisi
    |faturasi|fatura|faturali|orjinal mi|orijinal mi|olcu~|boyut~|rengi|hangi|kutusu|kutu|model
    |yasinda|kac yil|shutter|nereden aldin|neden satiyorsun|beden|kaclik|kac gb`,
  bid: `versem|verirsem|veririm|verebilirim|veriyorum|olur mu|olurmu|yapar misiniz|yaparmisiniz
    |yapar misin|birakir misin|birakir misiniz|birakirmisiniz|verir misin|verirmisin
    |verir misiniz|satar misin|satar misiniz|desem|anlasalim|yapalim|olsun|yap alayim
    |hemen alirim|alirim|alayim|teklif|teklif ediyorum|teklifim|birakirim|yaparim|yapariz|yapayim
    |olur|inerim|e iner|ye inerim|ne dersin|ne dersiniz|verirsen|e veririm|bitsin|biter mi|biter
    |e biter|kabul eder misin|vereyim|verelim|bitirelim|yapin`,
  asking: `fiyati|fiyat|istiyorum|ilandaki|satiyorum|lira|tl`,
  final: `son fiyat|son teklifim|son|sonu|son olur|en dusuk|daha asagi|asagi olmaz|asagi inmem
    |altina vermem|altina inmem|asagisi olmaz|daha inmem|en fazla|maksimum|en son
    |asagisi kurtarmaz|altina olmaz|daha dusmez|net|son rakam|bu son|fiyat sabit|sabit`,
  deal: `anlastik|kabul|kabul ediyorum|olsun|senin olsun|sizin olsun|senindir|sizindir
    |hayirli olsun|oldu|bitti|oldu senin|ver gitsin|satildi sana|tamam olsun|olsun bakalim
    |hadi olsun|anlasmis olduk|sattim|tamam anlastik|tamam kabul|birakirim|hayrini gor
    |gule gule kullan|tutalim|uygundur`,
  take: `aliyorum|alicam|alacagim|alirim|alayim|ben alayim|tutuyorum|ayirin|bana ayirin
    |benim icin ayir|hemen alirim|aldim`,
  yes: `evet|tamam|tmm|tamamdir|olur|ok|okey|tabi|tabii|peki|iyi|aynen|he|elbette|uygun|uyar
    |olur tabi|sorun degil|farketmez|fark etmez|problem degil|iyi tamam|tamam o zaman|hay hay
    |eyvallah`,
  fine: `super|harika|guzel|cok iyi|mukemmel|iyi|hos`,
  no: `hayir|yok|olmaz|yoo|degil|malesef|maalesef|imkansiz|yok ya|yok abi|hic`,
  refuse: `olmaz|olmaz kardesim|kurtarmaz|veremem|vermem|satamam|yapamam|dusunmuyorum|inmem
    |inemem|maalesef|malesef|uzgunum|kusura bakma|kabul etmiyorum|istemiyorum|mumkun degil
    |hayir tesekkurler|yok sagol|olmuyor|birakamam|yok daha asagi|takas olmaz|kusura bakmayin
    |kurtarmiyor`,
  'too-much': `cok dusuk|dusuk|cok pahali|pahali|pahaliymis|cok yuksek|cok ya|cok az|az|cok fazla
    |butcemi asar|butcem yok|olu fiyat|komik|dalga mi geciyorsun`,
  cannot: `musait degilim|uygun degil|uygun degilim|olmaz|gelemem|gelemiyorum|yetisemem|isteyim
    |calisiyorum|yokum|evde yokum|uymaz|ters|bana ters|musait olmam|gelemeyecegim|o saat olmaz`,
  'no-interest': `vazgectim|vazgecti|kalsin|gerek yok|ilgilenmiyorum|sagol kalsin|dusunup donerim
    |baska yerden|sen bilirsin|siz bilirsiniz|hayir tesekkurler|yok sagol`,
  meet: `bulus~|bulusalim|bulusalim mi|bulusabilir miyiz|gorusebilir miyiz|gelip al~|gelip alirim
    |gelip alabilir|gelirim|gelebilirim|gelip bakabilir|gelir misin|gelirsin|gel|gelin|gelip
    |elden|elden alayim|elden olur mu|elden teslim|teslim|teslim eder~|alabilir miyim
    |gelip gorebilir|gormeye|bakmaya|gorebilir miyim|oradayim|ordayim|olurum|alirsin|alicam
    |alirsiniz|musait misin|musait misiniz|musaitsin|musaitseniz|gorus~`,
  where: `nerede|nerde|neredesiniz|nerdesiniz|neresi|nereden|nerden|hangi semt|adres|adresiniz
    |konum|adres nedir`,
  when: `ne zaman|kacta|saat kacta|saat kac|hangi gun|kacta musait`,
  come: `gelebilir miyim|gelip alabilir miyim|gelsem|musait misin|musait misiniz|musaitsen
    |uygun mu|uygun mudur|uygun musun|uygun musunuz|gelebilirim|gelirim|gelebilirsiniz|gelin|gel
    |olur mu|gidelim|alabilirsiniz`,
  'other-time': `alalim mi|alalim|olur mu|yapalim|yapalim mi|gecelim|daha erken|daha gec
    |baska gun|yarina|erteleyelim|baska bir gun|erteleyebilir miyiz|degistirelim|ayni saat
    |onun yerine|erken|gec`,
  busy: `musait degilim|uygun degil|yokum|isteyim|gelemem|gelemiyorum|yetisemem|olmaz|uymaz
    |isim cikti|isim var|evde degilim|bugun olmaz|yarin olmaz|gelemeyecegim`,
  'will-be-there': `gorusuruz|orada olurum|ordayim|oradayim|gelirim|bekliyorum|beklerim
    |haberlesiriz|gorusmek uzere|geliyorum|gelecegim|bekliyor olacagim|uygundur|bana uyar|uygunum`,
  deliver: `kargo|kargoya|kargolu|kargoluyorum|kargolar misiniz|kargo ne kadar|kargo dahil
    |kargo olur mu|nakliye|gonder~|gonderir misiniz|yolla~|kargolayayim|kargo ile|adrese teslim
    |teslimat|ptt|aras|yurtici|kargo alici`,
  pay: `iban|havale|eft|nakit|kapida odeme|kapida nakit|odeme|pesin|taksit|kredi karti
    |elden odeme|odemeyi|parayi|param guvende|guvenli odeme|kapora|papara|atarim|attim`,
  contact: `telefon|telefonu|telefonunu|telefon numara~|numaraniz|numaran|numara ver|whatsapp
    |whatsapptan|wp|wpden|arayin|ara beni|konum at|dm|dmden|instagram|ulasabilirsiniz
    |arar misiniz|yazin`,
  greet: `merhaba|merhabalar|selam|selamlar|slm|mrb|iyi gunler|iyi aksamlar|gunaydin|kolay gelsin
    |selamun aleykum|sa|as|hayirli gunler|hayirli aksamlar|meraba`,
  bye: `gorusuruz|iyi gunler|iyi aksamlar|hosca kal|kolay gelsin|hayirli isler|iyi geceler
    |haberlesiriz|gorusmek uzere|kib|bay`,
  thanks: `tesekkurler|tesekkur ederim|sagol|sagolun|saol|eyvallah|tsk|tskler|tesekkur`,
  not: `degil|yok|hayir|olmaz|hic|ne de`,
  if: `eger|sartiyla|dahil`,
  'past-price': `ileride|zamanla|gelecekte
    |aldim|almistim|sifiri|magazada|sifir fiyati|piyasasi|piyasa|orijinal fiyati
    |sifirdan`,
  middle: `orta yol|ortasi|ortada bulusalim|yari yariya|orta nokta|ortasini bulalim`,
  'list-price': `ilan fiyati|ilandaki fiyat|istediginiz fiyat|yazan fiyat|fiyatindan`,
  'how-much': `ne kadar|kac`,
  'last-word': `son`,
  wait: `dusunup|dusuneyim|dusunecegim|haber veririm|donerim|bekleyin|bir dakika|bakarim`,
  compare: `daha`,
  discount: `indirim|indirimli|yuzde`,
  per: `tanesi|adet|aylik|adedi`,
  'place-noun': `meydan|metro|avm|iskele|durak|cikisinda|onunde|yaninda|evde|cadde~|sahil|otogar
    |starbucks|marmaray|kafe|heykeli|is yeri`,
  swap: `takas|takas olur mu|degis tokus`,
  fact: `var|temiz|kullanildi|yillik|kutulu|orjinal`,
  agrees: `tamam|anlastik|uygun|kabul`,
  unit: `saat|km|yil|yillik|ay|gun|hafta|dakika|kisi|cm|metre|gb|numara|beden|kere|yasinda`,
};
