/** An image that is dropped, pasted, chosen or drawn. */
import { Button, FileButton, SegmentedControl } from '@mantine/core'
import { IconPhotoPlus } from '@tabler/icons-react'
import { useCallback, useEffect, useState, type DragEvent } from 'react'
import { UserError } from '../../main/common/errors.ts'
import { checkImageBytes, type InputKind } from '../../main/common/predict/subject.ts'
import { complain } from '../state/notices.ts'
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
    try {
      checkImageBytes(file.size)
      const base64 = await base64Of(file)
      setShown({ url: URL.createObjectURL(file), name: file.name })
      give({ kind: 'image', base64 })
    } catch (error) {
      complain(error)
    }
  }, [])

  useEffect(() => () => (shown ? URL.revokeObjectURL(shown.url) : undefined), [shown])

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

function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => {
      const url = String(reader.result)
      resolve(url.slice(url.indexOf(',') + 1))
    }
    reader.onerror = () => reject(unreadable(reader.error))
    reader.readAsDataURL(file)
  })
}

/** A folder that was dropped, or a file that is gone since. */
const unreadable = (cause: unknown): UserError =>
  new UserError(
    {
      code: 'predict/unreadable-file',
      what: 'It cannot be read: it is a folder, or no longer there.',
      mend: 'Choose an image; “Predict files…” takes folders.',
    },
    { cause },
  )
