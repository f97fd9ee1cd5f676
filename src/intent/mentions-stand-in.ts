import type { FindMentions, Mention } from './mentions.ts';
export const findMentions: FindMentions = (text, context) => {
  const out: Mention[] = [];
  const re = /([$€£₺]\s?)?(\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?)(\s?(?:k|bin)\b)?(\s?(?:€|\$|tl\b|lira\w*|euros?\b|eur\b|dollars?\b|bucks\b|usd\b|dolares\b))?/gi;
  for (const m of text.matchAll(re)) {
    let a = Number(/[.,]\d{3}\b/.test(m[2]!) ? m[2]!.replace(/[.,]/g, '') : m[2]!.replace(',', '.'));
    if (m[3]) a *= 1000;
    const marked = !!(m[1] || m[4]);
    const after = text.slice(m.index + m[0].length, m.index + m[0].length + 12);
    if (/^\s?(%|years?|miles|mi\b|km|am\b|pm\b|months?|inch|bed|bath|hours?|hrs|gb|k\b|:|min|days|['’]?(de|da|te|ta)\b|ay|yil|"|x\s?\d|mm|speed|th\b|st\b|nd\b|rd\b|people|chairs|of\b|weeks|percent)/i.test(after)) { if (!marked) continue; }
    if (/(\b(a las|saat|at|las|la|size|talla)\s|:|#)$/i.test(text.slice(0, m.index)) && !marked && a < 25) continue;
    if (!marked && context.listingPrice && (a < context.listingPrice * 0.25 || a > context.listingPrice * 2.5)) {
      if (context.listingPrice >= 1000 && a * 1000 >= context.listingPrice * 0.25 && a * 1000 < context.listingPrice * 2) a *= 1000; else continue;
    }
    out.push({ kind: 'money', start: m.index, end: m.index + m[0].length, amount: a, currency: null, marked, confidence: .8 });
  }
  for (const m of text.matchAll(/\b(\d{1,2}(:\d\d)? ?(am|pm)|(a las|saat|at) \d+|tomorrow|today|mañana|manana|yarın|yarin|bugün|bugun|hoy|sabado|domingo|viernes|jueves|cumartesi|pazar|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/gi))
    out.push({ kind: 'time', start: m.index, end: m.index + m[0].length, shape: 'date', from: { date: null, time: null }, to: null, grain: 'day', confidence: .5 });
  return out.sort((x, y) => x.start - y.start);
};
