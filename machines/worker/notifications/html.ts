import { LINK_WORDS } from '../../../domain/notification-texts.ts';
import type { Message } from './senders.ts';

const COLOR = '#1a7f5a';

/** An email's HTML: the merchant's name in their colour, the text, a button. Nothing in it is loaded from anywhere. */
export function htmlOf({ merchant, language, subject, body, link, unsubscribeUrl }: Message): string {
  const color = /^#[0-9a-f]{6}$/i.test(merchant.color ?? '') ? merchant.color : COLOR;
  const words = LINK_WORDS[language];
  const inText = body.includes('{link}');
  const text = escaped(body)
    .replaceAll('{link}', `<a href="${escaped(link)}" style="color:${color}">${escaped(link)}</a>`)
    .replaceAll(/\r\n|\n|\r/g, '<br>');
  const button = `<p style="margin:24px 0"><a href="${escaped(link)}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:${color};color:${onColor(color ?? COLOR)};text-decoration:none;font-weight:600">${words.open}</a></p>`;
  const footer =
    unsubscribeUrl === null
      ? ''
      : `<p style="margin-top:32px;font-size:13px"><a href="${escaped(unsubscribeUrl)}" style="color:#666">${words.unsubscribe}</a></p>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>
<body style="margin:0;background:#f4f4f2"><div style="max-width:520px;margin:0 auto;padding:32px 24px;background:#fff;color:#1b1b1b;font:16px/1.5 system-ui,sans-serif">
<p style="margin:0 0 16px;font-size:20px;font-weight:700;color:${color}">${escaped(merchant.name)}</p>
<p style="margin:0">${text}</p>
${inText ? '' : button}${footer}
</div></body></html>
`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Black or white, whichever is read better on it (WCAG's relative luminance). */
function onColor(color: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}
