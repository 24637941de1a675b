/** An image that is dropped, pasted, chosen or drawn. */
import { Button, FileButton, SegmentedControl } from '@mantine/core'
import { IconPhotoPlus } from '@tabler/icons-react'
import { useCallback, useEffect, useState, type DragEvent } from 'react'
import type { InputKind } from '../../main/common/predict/subject.ts'
import { clsx } from '../ui/clsx.ts'
import { DrawPad } from './DrawPad.tsx'
import { give } from './state.ts'
import classes from './Try.module.css'

type ImageKind = InputKind & { kind: 'image' }

export function ImageInput({ input }: { input: ImageKind }) {
  // Small grey images of one size are mostly signs that somebody drew.
  const [way, setWay] = useState<'file' | 'draw'>(input.channels === 1 ? 'draw' : 'file')
  return (
    <>
      <SegmentedControl
        aria-label="Where the image comes from"
        value={way}
        data={[
          { value: 'file', label: 'A file' },
          { value: 'draw', label: 'Draw' },
        ]}
        onChange={(value) => setWay(value === 'draw' ? 'draw' : 'file')}
      />
      {way === 'draw' ? <DrawPad input={input} /> : <FileInput />}
    </>
  )
}

function FileInput() {
  const [over, setOver] = useState(false)
  const [shown, setShown] = useState<{ url: string; name: string } | null>(null)
  const take = useCallback(async (file: File): Promise<void> => {
    const url = await dataUrlOf(file)
    setShown({ url, name: file.name })
    give({ kind: 'image', base64: url.slice(url.indexOf(',') + 1) })
  }, [])

  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'))
      if (file) void take(file)
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  }, [take])

  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) void take(file)
  }
  return (
    <div
      className={clsx(classes.drop, over && classes.over)}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {shown ? (
        <img className={classes.given} src={shown.url} alt={shown.name} title={shown.name} />
      ) : (
        <IconPhotoPlus size={30} stroke={1.3} aria-hidden />
      )}
      <p className={classes.hint}>Drop an image here, paste one, or</p>
      <FileButton
        accept="image/png,image/jpeg,image/webp,image/gif,image/tiff"
        onChange={(file) => file && void take(file)}
      >
        {(props) => (
          <Button {...props} variant="default">
            Choose a file…
          </Button>
        )}
      </FileButton>
    </div>
  )
}

function dataUrlOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsDataURL(file)
  })
}
