import type { Times } from '../i18n/times.ts';
import type { TrackingWords } from '../i18n/words.ts';
import type { TrackingView } from './view.ts';

/** The answer to "when?". `time` is the part of `title` that must not be broken over two lines, if there is one. */
export type Headline = { title: string; time: string | null; sentence: string; tone: Tone };
export type Tone = 'normal' | 'here' | 'late' | 'done' | 'ended';

type Speech = { words: TrackingWords; times: Times; now: number };
type Subject = Pick<TrackingView, 'order' | 'driver'> & { merchant: { name: string } };

/** `now` in `speech` is milliseconds since 1970. */
export function headlineOf(subject: Subject, speech: Speech): Headline {
  const { order, merchant } = subject;
  const { headline, sentence } = speech.words;
  const shop = merchant.name;
  switch (order.status) {
    case 'created':
    case 'assigned':
    case 'enroute_to_pickup':
    case 'arrived_at_pickup':
    case 'picked_up':
    case 'enroute_to_dropoff':
      return onTheWay(subject, speech);
    case 'arrived_at_dropoff':
      return plain(headline.here, sentence.atYourAddress(subject.driver?.name ?? null), 'here');
    case 'delivered':
      return delivered(subject, speech);
    case 'cancelled':
      return plain(headline.cancelled, sentence.cancelled(shop), 'ended');
    case 'failed':
      return plain(headline.failed, sentence.failed(shop), 'ended');
    case 'enroute_to_return':
      return plain(headline.goingBack(shop), sentence.goingBack(shop), 'ended');
    case 'returned':
      return plain(headline.returned(shop), sentence.returned(shop), 'ended');
  }
}

const plain = (title: string, sentence: string, tone: Tone): Headline => ({
  title,
  time: null,
  sentence,
  tone,
});

function onTheWay(subject: Subject, { words, times, now }: Speech): Headline {
  const { eta, dropoff } = subject.order;
  const sentence = whereItIs(subject, words);
  const expected = eta ?? dropoff.window;
  if (expected === null) return plain(undatedTitle(subject, words), sentence, 'normal');

  if (Date.parse(expected.to) < now) {
    const expectedBy = words.sentence.expectedBy(times.clock(expected.to), times.day(expected.to, now));
    return plain(words.headline.overdue, `${sentence} ${expectedBy}`, 'late');
  }
  if (eta !== null && Date.parse(eta.from) <= now) {
    const time = times.clock(eta.to);
    const title = words.headline.arrivingBy(time, times.day(eta.to, now));
    return { title, time, sentence, tone: 'normal' };
  }
  const time = times.range(expected);
  const day = times.day(expected.from, now);
  const range = day === null ? time : words.on(day, time);
  const title = eta === null ? words.headline.planned(range) : words.headline.arriving(range);
  return { title, time, sentence, tone: 'normal' };
}

function undatedTitle({ order }: Subject, { headline }: TrackingWords): string {
  if (order.status === 'created') return headline.received;
  const carried = order.status === 'picked_up' || order.status === 'enroute_to_dropoff';
  return carried ? headline.onTheWay : headline.driverFound;
}

function whereItIs({ order, driver, merchant }: Subject, { sentence, vehicles }: TrackingWords): string {
  switch (order.status) {
    case 'created':
      return sentence.created(merchant.name);
    case 'assigned':
      return sentence.assigned(merchant.name);
    case 'enroute_to_pickup':
      return sentence.enrouteToPickup(merchant.name);
    case 'arrived_at_pickup':
      return sentence.arrivedAtPickup(merchant.name);
    default:
      return driver === null
        ? sentence.otherStopFirst
        : sentence.coming(driver.name, vehicles[driver.vehicleType]);
  }
}

function delivered({ order, merchant }: Subject, { words, times, now }: Speech): Headline {
  const sentence = words.sentence.delivered(merchant.name);
  if (order.deliveryTime === null) return plain(words.headline.delivered, sentence, 'done');
  const time = times.clock(order.deliveryTime);
  const title = words.headline.deliveredAt(time, times.day(order.deliveryTime, now));
  return { title, time, sentence, tone: 'done' };
}
