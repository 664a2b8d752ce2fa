import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Tabs } from '../../ui/tabs.tsx';
import { useDispatch } from '../dispatch.ts';
import { AuditTab } from './audit-tab.tsx';
import { BusinessTab } from './business-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { NotificationsTab } from './notifications-tab.tsx';
import { PasswordTab } from './password-tab.tsx';
import { UsersTab } from './users-tab.tsx';
import { WebhooksTab } from './webhooks-tab.tsx';
import { settingsWords } from './words.ts';

const TABS = {
  business: BusinessTab,
  notifications: NotificationsTab,
  webhooks: WebhooksTab,
  keys: KeysTab,
  users: UsersTab,
  password: PasswordTab,
  audit: AuditTab,
};
type TabName = keyof typeof TABS;

/** Everything a business decides about itself. */
export function SettingsView(): JSX.Element {
  const words = settingsWords(useDispatch().locale);
  const [tab, setTab] = useState<TabName>('business');
  const Shown = TABS[tab];
  return (
    <>
      <h1>{words.title}</h1>
      <Tabs
        label={words.title}
        // The keys of the object above.
        tabs={(Object.keys(TABS) as TabName[]).map((name) => ({ name, label: words.tabs[name] }))}
        selected={tab}
        onSelect={setTab}
      >
        <Shown />
      </Tabs>
    </>
  );
}
