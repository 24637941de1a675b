/** A text token by token, as it is trained on; what the vocabulary does not know is marked. */
import { clsx } from '../ui/clsx.ts'
import { visible } from '../ui/visible.ts'
import classes from './Tokens.module.css'

export interface ShownToken {
  text: string
  /** Null where it is not known here. */
  id: number | null
  unknown: boolean
}

interface TokensProps {
  tokens: readonly ShownToken[]
  /** The text that they were made of, shown on hover. */
  title?: string | undefined
  className?: string | undefined
}

export function Tokens({ tokens, title, className }: TokensProps) {
  return (
    <span className={clsx(classes.tokens, className)} title={title} dir="auto">
      {tokens.map((token, index) => (
        // A token has no other identity than its place.
        <span
          key={index}
          className={classes.token}
          data-shade={index % 4}
          data-unknown={token.unknown || undefined}
          title={token.id === null ? undefined : titleOf(token)}
        >
          {visible(token.text)}
        </span>
      ))}
    </span>
  )
}

const titleOf = ({ id, unknown, text }: ShownToken): string =>
  unknown ? `id ${id}: unknown, not in the vocabulary` : `id ${id}: “${text}”`
