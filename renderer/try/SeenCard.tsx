/** What the network was given after its preparation, and what in it the answer came from. */
import { SegmentedControl } from '@mantine/core'
import type { Answer, Explained, Seen, Subject } from '../../main/common/predict/subject.ts'
import { Card } from '../ui/Card.tsx'
import { clsx } from '../ui/clsx.ts'
import { count } from '../ui/format.ts'
import { visible } from '../ui/visible.ts'
import { useTry } from './state.ts'
import classes from './Try.module.css'
import type { Asking } from './useAsk.ts'

interface SeenCardProps {
  subject: Subject
  asked: Asking<Answer>
}

export function SeenCard({ subject, asked }: SeenCardProps) {
  const method = useTry((s) => s.method)
  const drawn = useTry((s) => s.given?.drawn ?? false)
  const { value, busy } = asked
  const image = subject.input.kind === 'image'
  const ways = [
    { value: 'none', label: 'Input' },
    { value: 'gradient', label: image ? 'Saliency' : 'Shares' },
    ...(image ? [{ value: 'grad-cam', label: 'Grad-CAM' }] : []),
  ]
  return (
    <Card
      className={clsx(classes.seen, busy && classes.busy)}
      title="What it saw"
      controls={
        <SegmentedControl
          aria-label="What is shown"
          value={method === 'grad-cam' && !image ? 'gradient' : (method ?? 'none')}
          data={ways}
          onChange={(chosen) =>
            useTry.setState({
              method: chosen === 'gradient' || chosen === 'grad-cam' ? chosen : null,
            })
          }
        />
      }
    >
      {value && <Shown seen={value.seen} explained={value.explained} smooth={method === 'grad-cam'} />}
      {value && method !== null && <p className={classes.hint}>{helpOf(value, method, image)}</p>}
      {value && !drawn && value.seen.notes.length > 0 && (
        <p className={classes.hint}>{value.seen.notes.join(' · ')}</p>
      )}
    </Card>
  )
}

function helpOf({ explained }: Answer, method: string, image: boolean): string {
  if (!explained)
    return method === 'grad-cam'
      ? 'No layer of this network still has places to point at.'
      : 'No gradient reaches this input.'
  if (image)
    return method === 'grad-cam'
      ? `Bright is where the last layer that has places found what speaks for ${explained.name}.`
      : `Bright are the pixels that the score of ${explained.name} depends on the most.`
  return `Gradient × input: what speaks for ${explained.name} is blue, what speaks against it orange.`
}

interface ShownProps {
  seen: Seen
  explained: Explained | null
  smooth: boolean
}

function Shown({ seen, explained, smooth }: ShownProps) {
  switch (seen.kind) {
    case 'image':
      return <ImageSeen seen={seen} map={explained?.map ?? null} smooth={smooth} />
    case 'text':
      return (
        <p className={classes.tokens} dir="auto">
          {seen.tokens.map(({ text, known }, i) => (
            <span
              key={i}
              className={classes.token}
              data-unknown={!known || undefined}
              style={{ background: colourOf(explained?.shares?.[i] ?? null) }}
              title={titleOf(known, explained?.shares?.[i] ?? null)}
            >
              {visible(text)}
            </span>
          ))}
          {seen.count > seen.tokens.length && ` … and ${count(seen.count - seen.tokens.length)} more`}
        </p>
      )
    case 'row':
      return explained?.shares ? <Columns names={seen.columns} shares={explained.shares} /> : null
  }
}

function ImageSeen({
  seen,
  map,
  smooth,
}: {
  seen: Seen & { kind: 'image' }
  map: string | null
  smooth: boolean
}) {
  return (
    <div className={classes.imageBox}>
      <div className={classes.picture} style={{ aspectRatio: `${seen.width} / ${seen.height}` }}>
        <img
          className={clsx(classes.pixels, map !== null && classes.under)}
          src={seen.image}
          alt={`The input, ${seen.width} by ${seen.height} pixels`}
        />
        {map !== null && (
          <div
            className={clsx(classes.map, smooth && classes.smooth)}
            role="img"
            aria-label="Where the answer came from"
            style={{ maskImage: `url(${map})`, WebkitMaskImage: `url(${map})` }}
          />
        )}
      </div>
      <span className={classes.hint}>
        {seen.width} × {seen.height}
      </span>
    </div>
  )
}

function Columns({ names, shares }: { names: readonly string[]; shares: readonly (number | null)[] }) {
  const order = names
    .map((name, at) => ({ name, share: shares[at] ?? null }))
    .sort((a, b) => Math.abs(b.share ?? 0) - Math.abs(a.share ?? 0))
  return (
    <ul className={classes.columns}>
      {order.map(({ name, share }) => (
        <li key={name}>
          <span className={classes.columnName} title={name}>
            {name}
          </span>
          <span className={classes.columnTrack}>
            {share !== null && (
              <span
                style={{
                  background: share < 0 ? 'var(--td-series-1)' : 'var(--td-series-0)',
                  left: share < 0 ? `${50 + 50 * share}%` : '50%',
                  width: `${50 * Math.abs(share)}%`,
                }}
              />
            )}
          </span>
          <span className={classes.columnShare}>{share === null ? 'not known' : signed(share)}</span>
        </li>
      ))}
    </ul>
  )
}

const signed = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(2)}`

const colourOf = (share: number | null): string | undefined =>
  share === null || Math.abs(share) < 0.02
    ? undefined
    : `color-mix(in srgb, var(${share < 0 ? '--td-series-1' : '--td-series-0'}) ${Math.round(60 * Math.abs(share))}%, transparent)`

const titleOf = (known: boolean, share: number | null): string =>
  [known ? '' : 'unknown, not in the vocabulary', share === null ? '' : `share ${signed(share)}`]
    .filter((part) => part !== '')
    .join('; ')
