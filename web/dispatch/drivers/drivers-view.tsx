import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Driver } from '../../../functions/drivers/driver.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckIcon, CrossIcon, PlusIcon, VehicleIcon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notes.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { say } from '../../ui/toast.tsx';
import { allPages } from '../all-pages.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useLoaded } from '../use-loaded.ts';
import { DriverForm } from './driver-form.tsx';
import { EndShiftDialog } from './end-shift-dialog.tsx';
import { type Invitation, InvitationDialog } from './invitation-dialog.tsx';
import { ShiftsTab } from './shifts-tab.tsx';
import { driversWords } from './words.ts';

const TABS = ['team', 'shifts'] as const;

/** The drivers: who they are, their invitations, and their shifts. */
export function DriversView(): JSX.Element {
  const { locale } = useDispatch();
  const words = driversWords(locale);
  const [tab, setTab] = useState<(typeof TABS)[number]>('team');
  return (
    <>
      <h1>{words.title}</h1>
      <Tabs
        label={words.title}
        tabs={TABS.map((name) => ({ name, label: words.tabs[name] }))}
        selected={tab}
        onSelect={setTab}
      >
        {tab === 'team' ? <Team /> : <ShiftsTab />}
      </Tabs>
    </>
  );
}

type Doing =
  | { what: 'write' | 'remove' | 'end-shift'; driver: Driver }
  | { what: 'add' }
  | { what: 'invitation'; driver: Driver; invitation: Invitation };

function Team(): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale } = dispatch;
  const words = driversWords(locale);
  const [doing, setDoing] = useState<Doing | null>(null);
  const drivers = useLoaded(
    (signal) =>
      allPages(async (cursor) =>
        (await api.v1.drivers.$get({ query: { limit: '100', ...cursor } }, { init: { signal } })).json(),
      ),
    // The room tells when one of them changes.
    [[...dispatch.drivers.value.values()].map(({ id, version }) => `${id}${version}`).join()],
  );
  const done = (): void => {
    setDoing(null);
    drivers.reload();
  };
  const invite = async (driver: Driver): Promise<void> => {
    try {
      const answer = await api.v1.drivers[':id'].invite.$post({ param: { id: driver.id }, header: {} });
      setDoing({ what: 'invitation', driver, invitation: await answer.json() });
    } catch (error) {
      say(dispatch.explain(error), { look: 'bad' });
    }
  };
  const startShift = async ({ id }: Driver): Promise<void> => {
    try {
      await api.v1.drivers[':id'].shift.$put({ param: { id }, json: { status: 'available' } });
      drivers.reload();
    } catch (error) {
      say(dispatch.explain(error), { look: 'bad' });
    }
  };
  return (
    <>
      <div class="actions">
        <Button look="primary" icon={<PlusIcon />} onClick={() => setDoing({ what: 'add' })}>
          {words.add}
        </Button>
      </div>
      <LoadedView loaded={drivers}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={words.empty}>
              <p>{words.emptyText}</p>
            </Empty>
          ) : (
            <ul class="list team">
              {all.map((driver) => (
                <DriverCard
                  key={driver.id}
                  driver={driver}
                  onInvite={() => void invite(driver)}
                  onStartShift={() => void startShift(driver)}
                  onDo={(what) => setDoing({ what, driver })}
                />
              ))}
            </ul>
          )
        }
      </LoadedView>
      {doing?.what === 'add' && (
        <DriverForm
          driver={null}
          onClose={() => setDoing(null)}
          onDone={(driver, invitation) => {
            drivers.reload();
            setDoing(invitation === null ? null : { what: 'invitation', driver, invitation });
          }}
        />
      )}
      {doing?.what === 'write' && (
        <DriverForm driver={doing.driver} onClose={() => setDoing(null)} onDone={done} />
      )}
      {doing?.what === 'remove' && (
        <ConfirmDialog
          title={words.removeTitle(doing.driver.name)}
          text={words.removeText}
          action={words.remove}
          onClose={() => setDoing(null)}
          act={async () => {
            await api.v1.drivers[':id'].$delete({ param: { id: doing.driver.id } });
            say(words.removed(doing.driver.name));
            done();
          }}
        />
      )}
      {doing?.what === 'end-shift' && (
        <EndShiftDialog driver={doing.driver} onClose={() => setDoing(null)} onDone={done} />
      )}
      {doing?.what === 'invitation' && (
        <InvitationDialog {...doing} name={doing.driver.name} onClose={() => setDoing(null)} />
      )}
    </>
  );
}

type CardProps = {
  driver: Driver;
  onInvite: () => void;
  onStartShift: () => void;
  onDo: (what: 'write' | 'remove' | 'end-shift') => void;
};

function DriverCard({ driver, onInvite, onStartShift, onDo }: CardProps): JSX.Element {
  const { locale, staff } = useDispatch();
  const words = driversWords(locale);
  const { name, vehicleType, status, phone, email } = driver;
  const isOnShift = status === 'available';
  return (
    <li class="list-row card">
      <span class="row-head">
        <VehicleIcon type={vehicleType} />
        <b>{name}</b>
        <Badge tone={isOnShift ? 'done' : 'neutral'} icon={isOnShift ? <CheckIcon /> : <CrossIcon />}>
          {isOnShift ? words.onShift : words.offShift}
        </Badge>
      </span>
      <span class="hint">{[staff.vehicles[vehicleType], phone, email].filter(Boolean).join(' · ')}</span>
      <span class="actions">
        <Button onClick={onInvite} aria-label={`${words.invite}: ${name}`}>
          {words.invite}
        </Button>
        <Button
          onClick={isOnShift ? () => onDo('end-shift') : onStartShift}
          aria-label={`${isOnShift ? words.endShift : words.startShift}: ${name}`}
        >
          {isOnShift ? words.endShift : words.startShift}
        </Button>
        <Button onClick={() => onDo('write')} aria-label={`${words.edit}: ${name}`}>
          {words.edit}
        </Button>
        <Button look="danger" onClick={() => onDo('remove')} aria-label={`${words.remove}: ${name}`}>
          {words.remove}
        </Button>
      </span>
    </li>
  );
}
