import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter';
import { computed, effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FleetMap } from '../../map/fleet-map.ts';
import { Button } from '../../ui/button.tsx';
import { giveOrders } from '../assign/give-orders.ts';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { draggedOrders } from './dragged-orders.ts';
import { driversOnMap, ordersOnMap, pointsOf } from './places.ts';

/** The live map. An order that is dropped on a driver there becomes theirs. */
export function MapPane(): JSX.Element {
  const dispatch = useDispatch();
  const { tiles, words } = dispatch;
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<FleetMap | null>(null);
  useEffect(() => {
    let isGone = false;
    let opened: FleetMap | null = null;
    void import('../../map/fleet-map.ts').then(({ createFleetMap }) => {
      if (isGone || element.current === null || tiles === null) return;
      opened = createFleetMap(element.current, {
        tiles,
        center: dispatch.merchant.peek()?.pickup?.location ?? null,
        labels: words.board,
        still: () => matchMedia('(prefers-reduced-motion: reduce)').matches,
        onPick: ({ type, id }) => (type === 'order' ? dispatch.open(id) : dispatch.filter({ driverId: id })),
      });
      setMap(opened);
    });
    return () => {
      isGone = true;
      opened?.remove();
    };
  }, [dispatch]);
  useEffect(() => (map === null ? undefined : follow(dispatch, map)), [map]);
  useEffect(
    () => (map === null || element.current === null ? undefined : takeDrops(dispatch, map, element.current)),
    [map],
  );
  if (tiles === null) return <p class="nothing">{words.board.noMap}</p>;
  return (
    <section class="map-pane" aria-label={words.board.mapLabel}>
      <div class="map" ref={element} />
      <div class="map-tools">
        <Button onClick={() => map?.fit(pointsOf(dispatch))}>{words.board.fit}</Button>
        <Button
          aria-pressed={dispatch.isTimelineShown.value}
          onClick={() => {
            dispatch.isTimelineShown.value = !dispatch.isTimelineShown.value;
          }}
        >
          {words.board.timeline}
        </Button>
      </div>
      <a class="credit" href={tiles.attribution.url} rel="noreferrer">
        {tiles.attribution.text}
      </a>
    </section>
  );
}

/** Draws what changes, and moves the view when something is to be looked at. */
function follow(dispatch: Dispatch, map: FleetMap): () => void {
  let hasFitted = false;
  let shownOrder: string | null = null;
  // Of what the fixes do not change, nothing is reckoned anew with each of them.
  const orders = computed(() => ordersOnMap(dispatch));
  const trail = computed(() => dispatch.trail.value.map(([lng, lat]) => ({ lat, lng })));
  const stops = [
    effect(() => {
      map.show({ drivers: driversOnMap(dispatch), orders: orders.value, trail: trail.value });
    }),
    effect(() => {
      const points = pointsOf(dispatch);
      if (!hasFitted && dispatch.isLoaded.value && points.length > 0) {
        hasFitted = true;
        map.fit(points);
      }
    }),
    effect(() => {
      const { orderId } = dispatch.place.value;
      if (orderId === shownOrder) return;
      shownOrder = orderId;
      const order = dispatch.fleet.peek().orders.get(orderId ?? '');
      const driver = dispatch.fleet.peek().locations.get(order?.driverId ?? '');
      if (order === undefined) return;
      map.fit([order.pickup.location, order.dropoff.location, driver].filter((at) => at !== undefined));
    }),
    effect(() => {
      if (dispatch.fitAsked.value > 0) map.fit(pointsOf(dispatch));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function takeDrops(dispatch: Dispatch, map: FleetMap, element: HTMLElement): () => void {
  return dropTargetForElements({
    element,
    canDrop: ({ source }) => draggedOrders(source.data) !== null,
    onDrag: ({ location }) => map.mark(map.driverAt(location.current.input)),
    onDragLeave: () => map.mark(null),
    onDrop: ({ source, location }) => {
      const driverId = map.driverAt(location.current.input);
      map.mark(null);
      if (driverId !== null) void giveOrders(dispatch, draggedOrders(source.data) ?? [], driverId);
    },
  });
}
