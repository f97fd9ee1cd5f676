import type { CueTable } from './acts-cues.ts';

/** Spanish cues, as people type them in Spain and America; accents do not matter. */
export const CUES_ES: CueTable = {
  available: `disponible|disponibles|esta disponible|sigue disponible|lo tienes|la tienes
    |los tienes|lo tiene|la tiene|lo tenes|la tenes|aun lo|aun la|todavia lo|todavia la
    |todavia lo vendes|lo vendes|la vendes|los vendes|la sigues vendiendo|lo sigues vendiendo
    |sigues vendiendo|sigue en venta|en venta|a la venta|sigue|vendido|vendida|se vendio
    |ya lo vendiste|esta libre|libre|reservado|reservada|aun disponible|aun la vendes
    |todavia disponible|sigue a la venta|lo sigues teniendo|sigue vigente|aun esta|todavia esta
    |te queda|quedan|sigue ahi`,
  negotiable: `negociable|negociables|se puede negociar|negociar|regatear|rebaja|rebajar|rebajas
    |bajar el precio|bajas|bajar|bajarias|bajas algo|bajar algo|bajar un poco|ultimo precio
    |precio final|mejor precio|menor precio|lo ultimo|lo menos|lo minimo|cuanto es lo minimo
    |minimo que aceptas|por cuanto lo dejas|por cuanto la dejas|por cuanto lo dejarias
    |por cuanto la dejarias|en cuanto lo dejas|en cuanto me lo dejas|en cuanto me la dejas
    |cuanto lo dejas|hablable|precio hablable|descuento|hay rebaja|aceptas ofertas|acepta ofertas
    |escuchas ofertas|acepta oferta|algo menos|un poco menos|precio fijo|es fijo|mas barato
    |me haces precio|ajustar el precio|oferta`,
  condition: `estado|en buen estado|que estado|condicion|condiciones|golpe|golpes|rayado|rayada
    |rayadas|rayones|rayon|arañazos|arañazo|rasguños|marcas|desgaste|usado|usada|funciona
    |funcionan|funciona bien|va bien|van bien|falla|fallas|fallos|fallo|roto|rota|rotos|averia
    |averias|defecto|defectos|desperfecto|desperfectos|problema|problemas|accidente|accidentes
    |grieta|grietas|manchas|mancha|oxido|oxidada|reparado|reparada|como nuevo|como nueva
    |pixel muerto|suena bien|que tal suena|esta bien|esta al dia|todo al dia|averiado|mojado|agua
    |pantalla rota|perfecto estado|detalle|detalles`,
  'ask-price': `que precio|cuanto cuesta|cuanto vale|cuanto pides|cuanto es|cuanto seria|a cuanto
    |en cuanto|precio|cuanto quieres|cuanto estas pidiendo|cuanto sale|que vale|cual es el precio
    |por cuanto|cuanto`,
  'ask-detail': `cuantos|cuantas|cuanto mide|medidas|que talla|talla|que año|cuantos km
    |kilometros|que bateria|bateria|que color|de que|que marca|que modelo|por que lo vendes
    |factura|garantia|cargador|son originales|original|incluye|trae|que tamaño|cuanto tiempo
    |que capacidad|viene con|de donde eres|cuanto pesa|que edad`,
  bid: `te ofrezco|te doy|te daria|le doy|le ofrezco|ofrezco|me la dejas en|me lo dejas en
    |me los dejas en|me lo dejas por|me la dejas por|la dejas en|lo dejas en|lo dejas por
    |la dejas por|dejamelo en|dejamela en|dejalo en|aceptas|acepta|aceptarias|aceptaria
    |y si te doy|por|te parece|te parece bien|lo quieres por|me lo quedo por|me la quedo por
    |me la llevo por|me lo llevo por|te lo dejo en|te la dejo en|te lo dejo por|te la dejo por
    |te lo pongo en|dejo en|lo dejo en|la dejo en|hacemos|lo dejamos en|la dejamos en|quedamos en
    |cerramos|cerramos en|va|dame chance en|puedo pagar|puedo dar|puedo ofrecer|pago|doy
    |y es tuya|y es tuyo|te lo llevas|te la llevas|y me la quedo|y me lo quedo|y me la llevo
    |y me lo llevo|y te la compro|y te lo compro|me lo dejarias|me la dejarias|lo venderias
    |ofertaria`,
  asking: `pido|el precio es|precio es|son|serian|cuesta|vale|lo vendo por|la vendo por
    |lo vendo en|estoy pidiendo|esta en|vendo a`,
  final: `lo minimo|minimo|no bajo|no bajo mas|no bajo de|no puedo bajar|no puedo bajar de
    |ultima oferta|ultimo precio|lo maximo|maximo|no subo mas|no subo|como mucho|como minimo
    |lo ultimo|ya es lo ultimo|es lo ultimo|no se hable mas|precio final|ni un euro menos
    |lo menos|mi ultima|es mi tope|tope|mi oferta final|precio fijo|fijo|no puedo menos|menos no`,
  deal: `trato|trato hecho|hecho|acepto|de acuerdo|me parece bien|cerrado|cerramos|tuya|tuyo
    |es tuya|es tuyo|vendido|vendida|te lo dejo|te la dejo|vale acepto|acepto la oferta|esta bien
    |nos vale|me vale|conforme|deal|por mi bien|trato cerrado|te la llevas|te lo llevas|lo acepto
    |aceptado|tenemos trato|hay trato`,
  take: `me lo quedo|me la quedo|me los quedo|me las quedo|me lo llevo|me la llevo|me los llevo
    |te lo compro|te la compro|te los compro|te las compro|lo compro|la compro|lo quiero
    |la quiero|me interesa comprarlo|resérvamelo|reservamela|para mi`,
  yes: `si|sip|sii|vale|ok|okey|okay|oki|venga|va|claro|dale|listo|bueno|por supuesto
    |sin problema|no hay problema|desde luego|perfe|bien|muy bien|esta bien|ok perfecto
    |venga vale|claro que si|simon|sale|orale|de una|por mi`,
  fine: `perfecto|genial|estupendo|guay|fenomenal|excelente|muy bien|buenisimo|barbaro|de lujo
    |super`,
  no: `no|no gracias|nop|que va|ni de broma|ni hablar|tampoco|ni loco|para nada|imposible|nada
    |de ninguna manera`,
  refuse: `no puedo|no puedo bajar|no lo vendo|no la vendo|no acepto|lo siento|lo lamento
    |no me interesa|no me llega|no bajo|no lo dejo|por ese precio no|no es negociable|no por
    |prefiero no|no hago|no hago envios|no cambio|solo venta|no podria|no me va|no puede ser
    |no me viene|no creo|no aceptaria`,
  'too-much': `muy poco|es poco|poco|muy caro|caro|es mucho|mucho|demasiado|muy bajo
    |me parece poco|me parece mucho|me parece caro|se me va|fuera de mi presupuesto|no llego
    |muy barato|regalado|me estas tomando`,
  cannot: `no puedo|no me viene bien|no me va bien|no me va|imposible|no voy a poder|no podre
    |no llego|no estoy|trabajo|ese dia no|no me cuadra|a esa hora no`,
  'no-interest': `no me interesa|entonces nada|pues nada|dejalo|suerte con la venta|ya no
    |ya no me interesa|otro dia|lo dejamos|gracias igualmente|no gracias|me lo pienso`,
  meet: `quedamos|quedar|podemos quedar|nos vemos|vernos|nos encontramos|encontrarnos
    |pasar a buscarla|pasar a buscarlo|pasar a por|pasar a recoger|pasar a recogerlo|recogerla
    |recogerlo|recoger|recogida|buscarla|buscarlo|a verlo|a verla|verla|verlo|verlo en persona
    |en persona|en mano|venir|pasar|puedo ir|voy a|puedo pasar|paso|paso hoy|voy yo|ir a verla
    |ir a verlo|acercar|acercarte|te acercas|venir por ella|venir por el|entrega|recogerla hoy
    |te espero|estoy en`,
  where: `donde|en que zona|que zona|por donde|en que calle|direccion|donde estas|de donde
    |donde quedamos|donde nos vemos|en que parte|ubicacion`,
  when: `cuando|a que hora|que dia|que hora|cuando puedes|cuando quieres|cuando quedamos
    |cuando podria`,
  come: `puedes venir|quieres venir|puedo ir|puedo pasar|puedes pasar|puedes acercar|vienes|voy
    |paso mañana|paso hoy|estoy ahi|te va bien|te viene bien|te parece|te viene|te va|podrias
    |puedes|podemos|puede ser|estas por|vivo en|estoy en`,
  'other-time': `mejor|mejor a las|puede ser|otro dia|mas tarde|antes|al final|entonces|prefiero
    |mejor mañana|mejor el|misma hora|y el|a partir de|cambiar|cambiamos|pasado|y media`,
  busy: `no puedo|no estoy en casa|imposible|ese dia no|me ha surgido|no voy a poder|no podre
    |trabajo|no puedo a esa hora|hoy no|mañana no|ahora no|no me viene bien|no me va bien`,
  'will-be-there': `alli nos vemos|ahi nos vemos|alli estare|ahi estare|a esa hora estoy
    |te espero|alli estoy|nos vemos ahi|nos vemos alli|nos vemos|hasta mañana|quedamos asi|te veo
    |perfecto alli|a las|me viene bien|me va bien`,
  deliver: `envio|envios|enviar|envias|enviarlo|enviarmelo|haces envios|haceis envio|mandas|mando
    |te la mando|te las mando|te lo mando|te la envio|te lo envio|seur|correos|mensajeria
    |transporte|a domicilio|mas envio|con envio|solo en mano|solo recogida`,
  pay: `bizum|efectivo|paypal|transferencia|al contado|pago por|como te pago|pagar|pague
    |por la app|contado|tarjeta|en metalico|pago en|zelle|deposito`,
  contact: `tu numero|mi numero|whatsapp|wasap|pasame tu|pasame la|llamame|escribeme|telefono
    |tu telefono|mi telefono|te lo paso|correo|por wasap|te paso mi`,
  greet: `hola|holaa|buenas|buenos dias|buenas tardes|buenas noches|wenas|ey|que tal|muy buenas
    |saludos|hello|holi`,
  bye: `adios|hasta luego|chao|hasta mañana|hasta el|nos vemos|un saludo|saludos|que tengas
    |hasta pronto|muchas gracias|gracias|buen dia|cuidate`,
  thanks: `gracias|muchas gracias|mil gracias|grax|grcias`,
  not: `no|ni|nunca|tampoco|sin|nada`,
  if: `si te|si me|siempre que|solo si|incluido`,
  'past-price': `en el futuro|algun dia|con el tiempo|mas adelante
    |me costo|costo|pague|nuevo cuesta|nueva cuesta|nuevos valen|en tienda|vale nuevo
    |valen|de nuevo|original`,
  middle: `a medias|mitad|ni para ti ni para mi|partimos la diferencia|ni pa ti ni pa mi`,
  'list-price': `precio del anuncio|lo que pides|precio que pides|precio publicado
    |precio completo|el precio que`,
  'how-much': `cuanto`,
  'last-word': `ultimo|ultima|final`,
  wait: `me lo pienso|lo pienso|dejame pensarlo|te digo|te aviso|un momento|espera|ahora te digo
    |avisame|te escribo`,
  compare: `mas de|menos de|en vez de|en lugar de`,
  discount: `descuento|de descuento|menos|rebaja`,
  per: `cada una|cada uno|por unidad|al mes|cada`,
  'place-noun': `en la puerta|en el metro|centro comercial|estacion|plaza|en el parque|cafeteria
    |mi casa|en la uni|calle|walmart|en la calle|metro|en casa`,
  swap: `cambio|cambio por|intercambio|permuta|cambiarias`,
  fact: `esta|es|tiene|son|porque|la use|lo use|solo`,
  agrees: `me parece bien|esta bien|vale|hecho|trato|me vale|perfecto|y es tuyo|y es tuya`,
  unit: `horas|hora|kilometros|km|años|meses|dias|semanas|cm|metros|gb|minutos|personas|veces
    |disparos|porciento`,
};
