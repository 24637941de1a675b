/** The colours of the style sheet as numbers, for what is not drawn by the browser itself: a canvas, a file. */

export interface Colour {
  css: string
  rgb: readonly [red: number, green: number, blue: number]
}

export type Colours = (colour: string) => Colour

/** @param read the value of a custom property, such as `--td-text` */
function coloursFrom(read: (property: string) => string): Colours {
  const known = new Map<string, Colour>()
  return (colour) => {
    const found = known.get(colour)
    if (found) return found
    const property = /^var\((--[\w-]+)\)$/.exec(colour)?.[1]
    const css = property === undefined ? colour : read(property).trim()
    const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(css)?.slice(1) ?? ['80', '80', '80']
    const resolved: Colour = { css, rgb: digits.map((two) => parseInt(two, 16)) as [number, number, number] }
    known.set(colour, resolved)
    return resolved
  }
}

/** Those of the scheme that is on the screen. Ask anew when it changes. */
export function currentColours(): Colours {
  const style = getComputedStyle(document.documentElement)
  return coloursFrom((property) => style.getPropertyValue(property))
}

/** Those of a scheme, be it on the screen or not: read from the style sheet. */
export function coloursOf(scheme: 'light' | 'dark'): Colours {
  const selector = new RegExp(`\\[data-mantine-color-scheme=["']?${scheme}["']?\\]$`)
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  const own = rules.filter(
    (rule): rule is CSSStyleRule => rule instanceof CSSStyleRule && selector.test(rule.selectorText),
  )
  return coloursFrom(
    (property) =>
      own.map(({ style }) => style.getPropertyValue(property)).findLast((value) => value !== '') ?? '',
  )
}
