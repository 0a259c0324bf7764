//! Convolves images with any 2-D kernel by a few 1-D passes: the functions of libsepflow over
//! slices.
//!
//! ```no_run
//! # fn main() -> Result<(), sepflow::Error> {
//! # let (photo, mut result) = (vec![0u8; 640 * 480 * 3], vec![0u8; 640 * 480 * 3]);
//! use sepflow::{Image, ImageMut, Options, Plan};
//! let plan = Plan::<u8>::from_text("gaussian 3", &Options { channels: 3, ..Options::default() })?;
//! let mut out = ImageMut::dense(&mut result, 640, 480, 3)?;
//! plan.apply(&Image::dense(&photo, 640, 480, 3)?, &mut out, 0)?;
//! # Ok(())
//! # }
//! ```
//!
//! A plan's pixel types are its type arguments. Images borrow their slices and are checked to lie
//! within them.
pub mod ffi;
mod image;

pub use image::{Half, Image, ImageMut, Pixel, Strides};
use std::ffi::{CStr, CString};
use std::marker::PhantomData;

/// Failure of a function of the library. `code` is one of the SEPFLOW_E_ constants.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    pub code: i32,
    pub message: String,
}

pub const E_INVALID: i32 = -1;
pub const E_PARAM: i32 = -4;

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Error {}

fn call(function: impl FnOnce(*mut ffi::sepflow_error) -> i32) -> Result<(), Error> {
    let mut error: ffi::sepflow_error = unsafe { std::mem::zeroed() };
    error.struct_size = std::mem::size_of_val(&error) as u32;
    let code = function(&mut error);
    if code == 0 {
        return Ok(());
    }
    let message = unsafe { CStr::from_ptr(error.message.as_ptr()) }.to_string_lossy().into_owned();
    Err(Error { code, message })
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Border {
    #[default]
    Reflect101 = 0,
    Reflect = 1,
    Replicate = 2,
    Wrap = 3,
    Constant = 4,
    Truncate = 5,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Extent {
    #[default]
    Same = 0,
    Valid = 1,
    Full = 2,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Method {
    #[default]
    Auto = 0,
    Separable = 1,
    Direct = 2,
    Fft = 3,
}

/// Form of the passes. Results differ within their bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Schedule {
    #[default]
    Auto = 0,
    Plain = 1,
    Transposed = 2,
}

/// Treatment of NaN and of pixels whose mask is 0: let NaN spread, rescale the other pixels, or
/// fill in missing_value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Missing {
    #[default]
    Propagate = 0,
    Ignore = 1,
    Fill = 2,
}

/// Fields of sepflow_options by name. The types are those of the plan. Zero channels or scale are
/// refused, since only C reads them as 1.
#[derive(Clone, Debug)]
pub struct Options {
    pub channels: i32,
    pub border_x: Border,
    pub border_y: Border,
    pub border_value: f64,
    pub extent: Extent,
    pub convolve: bool,
    /// Column and row of the kernel that lie on the result's pixel.
    pub anchor: Option<(i64, i64)>,
    /// Largest error, as a part of full scale. 0: half a unit for integers, otherwise the precision
    /// of the arithmetic.
    pub tolerance: f64,
    /// Number of pairs of passes. 0: as many as the tolerance needs.
    pub rank: i32,
    pub method: Method,
    pub schedule: Schedule,
    pub scale: f64,
    pub delta: f64,
    pub missing: Missing,
    /// Value that Missing::Fill fills in, and result of Missing::Ignore where no pixel is left.
    pub missing_value: f64,
    /// Set results to missing_value where their own pixel is missing.
    pub keep_missing: bool,
    /// Make the bytes of float images the same on every instruction set.
    pub strict: bool,
    /// Instruction set, such as "avx2".
    pub variant: Option<String>,
    /// Refuse kernel text "file NAME". Set it for untrusted text.
    pub no_files: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            channels: 1,
            border_x: Border::default(),
            border_y: Border::default(),
            border_value: 0.,
            extent: Extent::default(),
            convolve: false,
            anchor: None,
            tolerance: 0.,
            rank: 0,
            method: Method::default(),
            schedule: Schedule::default(),
            scale: 1.,
            delta: 0.,
            missing: Missing::default(),
            missing_value: 0.,
            keep_missing: false,
            strict: false,
            variant: None,
            no_files: false,
        }
    }
}

const CONVOLVE: u32 = 1 << 0;
const ANCHOR: u32 = 1 << 1;
const KEEP_MISSING: u32 = 1 << 2;
const NO_FILES: u32 = 1 << 3;
const STRICT: u32 = 1 << 4;

/// Factored kernel. Clones share it. Any number of threads may apply it at once.
pub struct Plan<In: Pixel, Out: Pixel = In> {
    plan: *mut ffi::sepflow_plan,
    types: PhantomData<fn(In) -> Out>,
}

// SAFETY: the library only reads a plan after it is made.
unsafe impl<In: Pixel, Out: Pixel> Send for Plan<In, Out> {}
unsafe impl<In: Pixel, Out: Pixel> Sync for Plan<In, Out> {}

impl<In: Pixel, Out: Pixel> Plan<In, Out> {
    pub fn from_text(kernel: &str, options: &Options) -> Result<Self, Error> {
        let text = c_string(kernel)?;
        Self::make(options, |o, plan, error| unsafe { ffi::sepflow_plan_from_text(text.as_ptr(), o, plan, error) })
    }

    /// Makes a plan from a matrix of taps, row by row.
    pub fn from_matrix(taps: &[f64], columns: usize, options: &Options) -> Result<Self, Error> {
        if columns == 0 || taps.len() % columns != 0 {
            return Err(Error { code: E_INVALID, message: "the number of taps must be a multiple of columns".into() });
        }
        let (rows, columns) = ((taps.len() / columns) as i64, columns as i64);
        Self::make(options, |o, plan, error| unsafe {
            ffi::sepflow_plan_create(taps.as_ptr(), rows, columns, columns, o, plan, error)
        })
    }

    /// Makes a plan for the kernel column * row^T.
    pub fn from_vectors(column: &[f64], row: &[f64], options: &Options) -> Result<Self, Error> {
        let (rows, columns) = (column.len() as i64, row.len() as i64);
        Self::make(options, |o, plan, error| unsafe {
            ffi::sepflow_plan_from_vectors(column.as_ptr(), rows, row.as_ptr(), columns, o, plan, error)
        })
    }

    fn make(
        options: &Options,
        create: impl FnOnce(*const ffi::sepflow_options, *mut *mut ffi::sepflow_plan, *mut ffi::sepflow_error) -> i32,
    ) -> Result<Self, Error> {
        if options.channels < 1 {
            return Err(Error { code: E_PARAM, message: "channels must be 1 or more".into() });
        }
        if options.scale == 0. {
            return Err(Error { code: E_PARAM, message: "scale must not be 0".into() });
        }
        let mut o: ffi::sepflow_options = unsafe { std::mem::zeroed() };
        o.struct_size = std::mem::size_of_val(&o) as u32;
        (o.in_type, o.out_type, o.channels) = (In::TYPE, Out::TYPE, options.channels);
        (o.border_x, o.border_y) = (options.border_x as i32, options.border_y as i32);
        (o.border_value, o.extent) = (options.border_value, options.extent as i32);
        for (is_set, flag) in [
            (options.convolve, CONVOLVE),
            (options.keep_missing, KEEP_MISSING),
            (options.no_files, NO_FILES),
            (options.strict, STRICT),
        ] {
            o.flags |= if is_set { flag } else { 0 };
        }
        if let Some((x, y)) = options.anchor {
            o.flags |= ANCHOR;
            (o.anchor_x, o.anchor_y) = (x, y);
        }
        (o.tolerance, o.rank, o.method) = (options.tolerance, options.rank, options.method as i32);
        (o.scale, o.delta, o.schedule) = (options.scale, options.delta, options.schedule as i32);
        (o.missing, o.missing_value) = (options.missing as i32, options.missing_value);
        let variant = options.variant.as_deref().map(c_string).transpose()?;
        o.variant = variant.as_ref().map_or(std::ptr::null(), |text| text.as_ptr());
        let mut plan = std::ptr::null_mut();
        call(|error| create(&o, &mut plan, error))?;
        Ok(Plan { plan, types: PhantomData })
    }

    /// Filters an image. max_threads: 1 runs on the calling thread, 0 on one per CPU.
    pub fn apply(&self, input: &Image<In>, output: &mut ImageMut<Out>, max_threads: i32) -> Result<(), Error> {
        call(|error| unsafe {
            ffi::sepflow_apply(self.plan, input.get(), output.get(), std::ptr::null(), max_threads, error)
        })
    }

    /// Filters with a mask or weights, which have one channel or as many as the image. The plan
    /// needs `missing`. Integers are parts of their largest value, so 255 is a valid pixel in u8.
    pub fn apply_masked<Weight: Pixel>(
        &self,
        input: &Image<In>,
        mask: &Image<Weight>,
        output: &mut ImageMut<Out>,
        max_threads: i32,
    ) -> Result<(), Error> {
        let inputs = unsafe { [*input.get(), *mask.get()] };
        let mut process: ffi::sepflow_process = unsafe { std::mem::zeroed() };
        process.struct_size = std::mem::size_of_val(&process) as u32;
        (process.input_count, process.inputs) = (2, inputs.as_ptr());
        (process.output_count, process.outputs) = (1, output.get());
        (process.region, process.max_threads) = (unsafe { (*output.get()).bounds }, max_threads);
        call(|error| unsafe { ffi::sepflow_process_plan(self.plan, &process, error) })
    }

    pub fn info(&self) -> ffi::sepflow_plan_info {
        let mut info: ffi::sepflow_plan_info = unsafe { std::mem::zeroed() };
        info.struct_size = std::mem::size_of_val(&info) as u32;
        unsafe { ffi::sepflow_plan_query(self.plan, &mut info) };
        info
    }
}

impl<In: Pixel, Out: Pixel> Clone for Plan<In, Out> {
    fn clone(&self) -> Self {
        unsafe { ffi::sepflow_plan_retain(self.plan) };
        Plan { plan: self.plan, types: PhantomData }
    }
}

impl<In: Pixel, Out: Pixel> Drop for Plan<In, Out> {
    fn drop(&mut self) {
        unsafe { ffi::sepflow_plan_free(self.plan) };
    }
}

pub fn version() -> String {
    unsafe { CStr::from_ptr(ffi::sepflow_version()) }.to_string_lossy().into_owned()
}

fn c_string(text: &str) -> Result<CString, Error> {
    CString::new(text).map_err(|_| Error { code: E_INVALID, message: "a NUL within text".into() })
}
