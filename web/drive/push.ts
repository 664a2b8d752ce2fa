import { languageOf } from '../i18n/locale.ts';
import type { ApiClient } from '../session/api.ts';

/** Whether this browser could be rung while the app is closed; on an iPhone only from the home screen. */
export const canPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in globalThis;

export async function hasPush(): Promise<boolean> {
  if (!canPush()) return false;
  const registration = await navigator.serviceWorker.getRegistration('/drive');
  return (await registration?.pushManager.getSubscription()) != null;
}

/** Asks for the permission, and tells the server where to ring. Throws `ApiProblem`: `not_found` where push is not set up. */
export async function turnPushOn(api: ApiClient, locale: string): Promise<boolean> {
  const { key } = await (await api.v1.push.key.$get()).json();
  if ((await Notification.requestPermission()) !== 'granted') return false;
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined) return false;
  await api.v1.push.subscriptions.$post({
    json: { endpoint, keys: { p256dh, auth }, language: languageOf(locale) },
  });
  return true;
}

export async function turnPushOff(api: ApiClient): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/drive');
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return;
  await subscription.unsubscribe();
  // Where nothing can be delivered any more the server finds out by itself.
  await api.v1.push.subscriptions
    .$delete({ json: { endpoint: subscription.endpoint } })
    .catch(() => undefined);
}
