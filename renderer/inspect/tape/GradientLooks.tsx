/** The gradients that passed a node: what arrived at it, and what it gave to each of its inputs. */
import type { GradientLook, TapeInput, TapeNode, TapeRecord } from '../../../main/common/tape/record.ts'
import { PictureView } from '../../build/look/PictureView.tsx'
import { clsx } from '../../ui/clsx.ts'
import { count, measure, percent } from '../../ui/format.ts'
import { layerOf } from './rows.ts'
import { useGradients } from './tape.ts'
import classes from './Tape.module.css'
import { leafName, shapeText } from './words.ts'

export function GradientLooks({ record, node }: { record: TapeRecord; node: TapeNode }) {
  const gradients = useGradients(record.id, node)
  if (node.turn === null) return <p className={classes.note}>No gradient passes it.</p>
  if (!gradients) return null
  const { arrives, gives } = gradients
  return (
    <>
      <h3 className={classes.heading}>Gradient that arrives</h3>
      {arrives.map((look, i) => (
        <Look
          key={i}
          look={look}
          name={arrives.length > 1 ? `of output ${i + 1}` : 'of its result'}
          none="Nothing that leads to the loss reads this output."
        />
      ))}
      <h3 className={classes.heading}>Gradients that it gives</h3>
      {gives.map((look, i) => {
        const input = node.inputs[i] ?? null
        return input && <Look key={i} look={look} name={`to ${target(record, input)}`} none="None." />
      })}
      {node.inputs.every((input) => !input) && <p className={classes.faint}>None of its inputs wants one.</p>}
    </>
  )
}

function target(record: TapeRecord, input: NonNullable<TapeInput>): string {
  if ('leaf' in input) return leafName(record, record.leaves[input.leaf]?.weight ?? null)
  const source = record.listed.find(({ id }) => id === input.node)
  const title = record.layers[layerOf(record, input.node)]?.title ?? ''
  return source ? `${source.op} of ${title}` : title
}

function Look({ look, name, none }: { look: GradientLook | null; name: string; none: string }) {
  if (!look)
    return (
      <section className={classes.look}>
        <header>
          <b>{name}</b>
          <span className={classes.faint}>{none}</span>
        </header>
      </section>
    )
  const { norm, mean, spread, zeroShare, notFinite, picture, shows } = look
  const square = picture?.kind === 'image' && picture.maps.length === 1
  return (
    <section className={classes.look} data-testid="gradient">
      <header>
        <b>{name}</b>
        <span className={classes.faint}>{shapeText(look)}</span>
      </header>
      <dl className={classes.figures}>
        <dt>norm</dt>
        <dd>{measure(norm, 3)}</dd>
        <dt>mean</dt>
        <dd>
          {measure(mean, 3)} ± {measure(spread, 3)}
        </dd>
        <dt>zero</dt>
        <dd>{percent(zeroShare)}</dd>
        {notFinite > 0 && (
          <>
            <dt>bad</dt>
            <dd className={classes.bad}>{count(notFinite)} NaN or infinite</dd>
          </>
        )}
      </dl>
      {picture && (
        <div
          className={clsx(classes.picture, square && classes.square)}
          title={`${shows}, up to ±${measure(picture.scale, 2)}`}
        >
          <PictureView picture={picture} label={`Gradient ${name}, ${shows}`} />
        </div>
      )}
    </section>
  )
}
