/** The look of every Mantine widget: 13 px type, 4 px grid, one accent, tabular numerals. */
import {
  ActionIcon,
  Button,
  Checkbox,
  createTheme,
  localStorageColorSchemeManager,
  Menu,
  Modal,
  NativeSelect,
  NumberInput,
  Progress,
  SegmentedControl,
  Select,
  Slider,
  Switch,
  TextInput,
  Tooltip,
  type MantineColorsTuple,
} from '@mantine/core'

/** Index 5 is the accent on dark, 7 the accent on light; both reach 4.5:1 on their panels. */
const accent: MantineColorsTuple = [
  '#edf3ff',
  '#d8e5ff',
  '#b9d0ff',
  '#9bbcff',
  '#86aeff',
  '#7aa7ff',
  '#4d83ec',
  '#2b66d9',
  '#2156bd',
  '#1a469b',
]

/** Panels of the dark scheme, from text to ground; the same values as in base.css. */
const dark: MantineColorsTuple = [
  '#e7e9ee',
  '#c4cad5',
  '#a3abba',
  '#7d8798',
  '#323947',
  '#252a33',
  '#1a1e25',
  '#14171c',
  '#0e1014',
  '#0a0c0f',
]

const sans = '"Inter Variable", Inter, "Segoe UI", system-ui, -apple-system, "DejaVu Sans", sans-serif'
const mono = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace'

const small = { size: 'xs' } as const

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  colors: { accent, dark },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  fontSizes: { xs: '12.5px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '5px', md: '6px', lg: '9px', xl: '16px' },
  headings: { fontFamily: sans, fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: small }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    TextInput: TextInput.extend({ defaultProps: small }),
    NativeSelect: NativeSelect.extend({ defaultProps: small }),
    NumberInput: NumberInput.extend({ defaultProps: small }),
    Select: Select.extend({
      defaultProps: { size: 'xs', allowDeselect: false, checkIconPosition: 'right' },
    }),
    Checkbox: Checkbox.extend({ defaultProps: small }),
    Switch: Switch.extend({ defaultProps: small }),
    Slider: Slider.extend({ defaultProps: small }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs', transitionDuration: 120 } }),
    Progress: Progress.extend({ defaultProps: { size: 6, radius: 'xl' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, transitionProps: { duration: 120 }, overlayProps: { opacity: 0.45 } },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 350,
        withArrow: true,
        multiline: true,
        transitionProps: { duration: 80 },
        events: { hover: true, focus: true, touch: false },
      },
    }),
  },
})

/** Remembers light, dark or system between starts. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'tapedeck-color-scheme' })
