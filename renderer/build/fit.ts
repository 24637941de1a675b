/** How the whole model is brought into view: never larger than life, with room for the toolbar. */
export const fitOptions = {
  padding: { x: '20px', top: '32px', bottom: '72px' },
  maxZoom: 1,
  minZoom: 0.2,
} as const
