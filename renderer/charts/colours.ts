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
    const resolved: Colour = { css, rgb: rgbOf(css) }
    known.set(colour, resolved)
    return resolved
  }
}

/** Of `#rrggbb` and of the short form that a style sheet may be packed to. */
function rgbOf(css: string): Colour['rgb'] {
  const digits = /^#([0-9a-f]{3,8})/i.exec(css)?.[1] ?? '808080'
  const wide = digits.length < 6 ? [...digits].map((digit) => digit + digit).join('') : digits
  return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16)) as [number, number, number]
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
