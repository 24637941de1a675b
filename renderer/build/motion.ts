/** Length of a movement of the view in milliseconds; none for people who asked their system for none. */
export const glide = (): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 140)
