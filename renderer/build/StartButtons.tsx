/** Templates to start from. Choosing one replaces the model; undo brings it back. */
import { useMemo } from 'react'
import { templates } from '../../main/common/templates.ts'
import { tidy } from '../../main/common/tidy.ts'
import { columnsIn } from './actions.ts'
import { select, useCanvas } from './canvas.ts'
import classes from './Panel.module.css'
import { useModel } from './store.ts'
import { useView } from './useView.ts'

/** @param width of the canvas in pixels, asked for when it is needed */
export function StartButtons({ width }: { width: () => number }) {
  const data = useCanvas((s) => s.data)
  const { fit } = useView()
  const offered = useMemo(() => templates(data), [data])
  return offered.map(({ id, title, description, document }) => (
    <button
      key={id}
      type="button"
      className={classes.start}
      onClick={() => {
        useModel.getState().setDocument(tidy(document, { columns: columnsIn(width()) }))
        select([])
        fit()
      }}
    >
      <b>{title}</b>
      <span>{description}</span>
    </button>
  ))
}
