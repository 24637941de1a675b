/** Templates to start from. Choosing one replaces the model; undo brings it back. */
import type { Template } from '../../main/common/schemas.ts'
import type { DataShape } from '../../main/common/layer.ts'
import { settings } from '../../main/common/settings.ts'
import { templates } from '../../main/common/templates.ts'
import { tidy } from '../../main/common/tidy.ts'
import { usePreferences } from '../state/preferences.ts'
import { columnsIn } from './actions.ts'
import { notify, select, useCanvas } from './canvas.ts'
import classes from './Panel.module.css'
import { useModel } from './store.ts'
import { useView } from './useView.ts'

/** Fitting every template to the data takes a moment, and they are offered whenever the page is opened. */
const fitted = new WeakMap<DataShape, readonly Template[]>()

function templatesFor(data: DataShape): readonly Template[] {
  const found = fitted.get(data) ?? templates(data)
  fitted.set(data, found)
  return found
}

/** @param width of the canvas in pixels, asked for when it is needed */
export function StartButtons({ width }: { width: () => number }) {
  const data = useCanvas((s) => s.data)
  const { fit } = useView()
  const choose = (template: Template): void => {
    useModel.getState().setDocument(tidy(template.document, { columns: columnsIn(width()) }))
    select([])
    fit()
    takeSettings(template)
  }
  return templatesFor(data).map((template) => (
    <button
      key={template.id}
      type="button"
      className={classes.start}
      data-fits={template.fits ?? undefined}
      onClick={() => choose(template)}
    >
      <b>{template.title}</b>
      <span>{template.description}</span>
      {template.fits !== true && <small>For {template.needs}</small>}
    </button>
  ))
}

/** The settings that a template was tried with; without them an LSTM would train at an MLP's rate. */
function takeSettings({ title, config }: Template): void {
  const before = usePreferences.getState().config
  const changed = settings.flatMap(({ title: name, read }) => {
    const now = read(config)
    return name === 'seed' || now === null || now === read(before) ? [] : [`${name} ${now}`]
  })
  if (changed.length === 0) return
  usePreferences.setState({
    config: { ...config, seed: before.seed, disabledRewrites: before.disabledRewrites },
  })
  notify(`Training settings now suit ${title}: ${changed.join(', ')}.`)
}
