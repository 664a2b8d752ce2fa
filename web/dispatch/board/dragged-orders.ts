/** The orders that are being dragged, or null when it is something else. Rows give them along as `orderIds`. */
export function draggedOrders(data: Record<string | symbol, unknown>): string[] | null {
  const { orderIds } = data;
  return Array.isArray(orderIds) && orderIds.every((id) => typeof id === 'string') ? orderIds : null;
}
