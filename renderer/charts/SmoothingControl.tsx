/** How much the lines are smoothed; one choice for all charts, remembered. The raw line stays, thin. */
import { Slider } from '@mantine/core'
import { useState } from 'react'
import { usePreferences } from '../state/preferences.ts'
import classes from './SmoothingControl.module.css'

export function SmoothingControl() {
  const remembered = usePreferences((s) => s.smoothing)
  const set = usePreferences((s) => s.set)
  const [value, setValue] = useState(remembered)
  return (
    <div className={classes.control}>
      <span>smoothing</span>
      <Slider
        className={classes.slider}
        thumbLabel="Smoothing"
        size={4}
        thumbSize={12}
        min={0}
        max={0.99}
        step={0.01}
        label={null}
        value={value}
        onChange={(next) => {
          setValue(next)
          set({ smoothing: next })
        }}
      />
      <span className={classes.value}>{value.toFixed(2)}</span>
    </div>
  )
}
