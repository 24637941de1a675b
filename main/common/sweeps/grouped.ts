/** Items by their key, in the order in which the keys come first. */
export function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const found = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const alike = found.get(key)
    if (alike) alike.push(item)
    else found.set(key, [item])
  }
  return found
}
