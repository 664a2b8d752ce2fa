import {
  type Labels,
  ofKind,
  type Peer,
  type Resource,
  type Selector,
  selects,
  workloads,
} from './chart.fixture.ts';

// Enough of Kubernetes' network policies to ask of a rendered chart who may speak to whom.

/** Pods of the chart by component, a namespace by its name, addresses as a policy names them, or the internet. */
export type End = { component: string } | { namespace: string } | { cidr: string } | 'internet';

export function createNetwork(resources: Resource[]) {
  const policies = ofKind(resources, 'NetworkPolicy').map(({ spec }) => spec);
  const pods = new Map(
    workloads(resources).map(({ template }) => {
      const { labels } = template.metadata;
      return [labels['app.kubernetes.io/component'] ?? '', labels];
    }),
  );
  const labelsOf = (component: string): Labels => {
    const labels = pods.get(component);
    if (labels === undefined) throw new Error(`There are no pods of ${component}.`);
    return labels;
  };
  const isPeer = (peer: Peer, end: End): boolean => {
    if (end === 'internet') return peer.ipBlock?.cidr === '0.0.0.0/0';
    if ('cidr' in end) return peer.ipBlock?.cidr === end.cidr;
    if ('namespace' in end) {
      return peer.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] === end.namespace;
    }
    return peer.podSelector !== undefined && matches(peer.podSelector, labelsOf(end.component));
  };
  const passes = (way: 'ingress' | 'egress', pod: Labels, other: End, port: number): boolean => {
    const type = way === 'ingress' ? 'Ingress' : 'Egress';
    const applying = policies.filter(
      (policy) => policy.policyTypes.includes(type) && matches(policy.podSelector, pod),
    );
    if (applying.length === 0) return true;
    return applying
      .flatMap((policy) => policy[way] ?? [])
      .some((rule) => {
        const peers = way === 'ingress' ? rule.from : rule.to;
        const known = peers === undefined || peers.some((peer) => isPeer(peer, other));
        const open = rule.ports?.some(
          (allowed) => allowed.port <= port && port <= (allowed.endPort ?? allowed.port),
        );
        return known && open !== false;
      });
  };
  return (from: End, to: End, port: number): boolean => {
    const leaves =
      from === 'internet' || !('component' in from) || passes('egress', labelsOf(from.component), to, port);
    const enters =
      to === 'internet' || !('component' in to) || passes('ingress', labelsOf(to.component), from, port);
    return leaves && enters;
  };
}

const matches = (selector: Selector, labels: Labels): boolean =>
  selects(selector.matchLabels, labels) &&
  (selector.matchExpressions ?? []).every(({ key, values }) => values.includes(labels[key] ?? ''));
