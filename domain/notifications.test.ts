import { expect, test } from 'vitest';
import { standardWording } from './notification-texts.ts';
import {
  audienceOf,
  CHANNELS,
  CHANNELS_OF,
  ConfigurableEvent,
  DEFAULT_CHANNELS,
  EVENTS_OF,
  fillIn,
  LANGUAGES,
  languageOf,
  lifetimeOf,
  NOTIFICATION_EVENTS,
  NOTIFICATION_SCHEDULE,
  unknownPlaceholders,
} from './notifications.ts';

test('each event is for whom its table says', () => {
  for (const [audience, events] of Object.entries(EVENTS_OF)) {
    for (const event of events) expect(audienceOf(event)).toBe(audience);
  }
});

test('what is on by default goes by a channel that its reader has', () => {
  for (const event of ConfigurableEvent.options) {
    expect(CHANNELS_OF[audienceOf(event)], event).toEqual(
      expect.arrayContaining([...DEFAULT_CHANNELS[event]]),
    );
  }
});

test('our own words fit the rules for a merchant’s, in both languages and by each channel', () => {
  for (const event of NOTIFICATION_EVENTS) {
    for (const channel of CHANNELS) {
      for (const language of LANGUAGES) {
        const { subject, body } = standardWording(event, channel, language);
        const what = `${event} ${channel} ${language}`;
        expect(unknownPlaceholders(event, subject + body), what).toEqual([]);
        expect(subject, what).not.toContain('{link}');
        expect(body.includes('{link}'), what).toBe(channel === 'sms');
        expect(body.length, what).toBeLessThan(400);
      }
      const [en, es] = LANGUAGES.map((language) => standardWording(event, channel, language).body);
      expect(en, event).not.toBe(es);
    }
  }
});

test.each([
  ['Hi {name}, #{number}', 'Hi Ana, #7'],
  ['Failed. {reason} Sorry.', 'Failed. Sorry.'],
  ['{reason}', ''],
  ['{link} stays, {other} too', '{link} stays, {other} too'],
  ['{NAME} { name } {name', '{NAME} { name } {name'],
])('%j says %j', (text, said) => {
  expect(fillIn(text, { name: 'Ana', number: '7', reason: null })).toBe(said);
});

test('what is filled in is not filled in again', () => {
  expect(fillIn('{name} {number}', { name: '{number}', number: '7' })).toBe('{number} 7');
  // Nor is it a pattern of String.replace.
  expect(fillIn('{name}', { name: "$& $1 $'" })).toBe("$& $1 $'");
});

test('a customer’s text names no promise, a driver’s no driver', () => {
  expect(unknownPlaceholders('customer.failed', '{promised} {name} {nobody}')).toEqual([
    'promised',
    'nobody',
  ]);
  expect(unknownPlaceholders('driver.assigned', '{driver}')).toEqual(['driver']);
});

test.each([
  ['es', 'es'],
  ['es-UY', 'es'],
  ['ES_419', 'en'],
  ['est', 'en'],
  ['pt-BR', 'en'],
])('%s is read in %s', (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});

test('the last attempt is made while most messages are news', () => {
  const seconds = NOTIFICATION_SCHEDULE.reduce((sum, each) => sum + each, 0);
  expect(seconds * 1.1 * 1000).toBeLessThan(lifetimeOf('customer.delivered'));
});
