import { describe, expect, it } from 'vitest'
import { layOut, pagesInSight, scrolled } from './gridLayout.ts'

describe('the grid of samples', () => {
  it('enlarges small images by a whole factor', () => {
    expect(layOut([1, 28, 28], false, 800).image).toEqual({ width: 84, height: 84 })
    expect(layOut([3, 32, 32], false, 800).image).toEqual({ width: 64, height: 64 })
  })

  it('shrinks large images and keeps their form, however wide', () => {
    expect(layOut([3, 500, 1000], false, 800).image).toEqual({ width: 128, height: 64 })
    const strip = layOut([1, 4, 1024], false, 800)
    expect(strip.image).toEqual({ width: 128, height: 8 })
    expect(strip.columns).toBeGreaterThan(1)
  })

  it('has at least one column, and cells that fill the width', () => {
    expect(layOut([3, 500, 500], false, 60).columns).toBe(1)
    const { columns, cellWidth } = layOut([1, 28, 28], false, 803)
    expect(columns * cellWidth).toBeCloseTo(803)
    expect(layOut([2000], true, 500)).toMatchObject({ columns: 1, cellWidth: 500 })
  })

  it('asks only for the pages in sight', () => {
    expect(pagesInSight(0, 60)).toEqual([0])
    expect(pagesInSight(59, 61)).toEqual([0, 1])
    expect(pagesInSight(0, 0)).toEqual([])
  })

  it('reaches the first and the last of a million rows in an element that browsers can lay out', () => {
    const list = { rows: 1_000_000, rowHeight: 48, frame: 600 }
    const { height, top } = scrolled({ ...list, top: 0 })
    expect(height).toBeLessThan(17_800_000)
    expect(top).toBe(0)
    const end = scrolled({ ...list, top: height - list.frame })
    expect(end.top + list.frame).toBeCloseTo(48_000_000)
    // A turn of the wheel (100 pixels) passes over no row unseen.
    expect(scrolled({ ...list, top: 100 }).top).toBeLessThan(list.frame)
    expect(scrolled({ ...list, rows: 1000, top: 77 })).toEqual({ height: 48_000, top: 77 })
  })
})
