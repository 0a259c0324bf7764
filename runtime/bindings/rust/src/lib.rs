//! Convolves images with any 2-D kernel, by a few 1-D passes: libsepflow's functions, over slices.
//!
//! ```no_run
//! # fn main() -> Result<(), sepflow::Error> {
//! # let (photo, mut result) = (vec![0u8; 640 * 480 * 3], vec![0u8; 640 * 480 * 3]);
//! use sepflow::{Image, ImageMut, Options, Plan};
//! let plan = Plan::<u8>::from_text("gaussian 3", &Options { channels: 3, ..Options::default() })?;
//! plan.apply(&Image::dense(&photo, 640, 480, 3)?, &mut ImageMut::dense(&mut result, 640, 480, 3)?, 0)?;
//! # Ok(())
//! # }
//! ```
//!
//! A plan's pixel types are its type arguments. Images borrow their slices and are checked to lie within them.
pub mod ffi;
mod image;

pub use image::{Image, ImageMut, Pixel, Strides};
use std::ffi::{CStr, CString};
use std::marker::PhantomData;

/// What a function of the library complains of; `code` is one of the SEPFLOW_E_ constants.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    pub code: i32,
    pub message: String,
}

pub const E_INVALID: i32 = -1;

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

/// sepflow_options; `Options::default()` is what it is with all fields zero.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub channels: i32,
    pub border_x: Border,
    pub border_y: Border,
    pub border_value: f64,
    pub extent: Extent,
    pub convolve: bool,
    /// Column and row of the kernel that lie on the result's pixel.
    pub anchor: Option<(i64, i64)>,
    pub tolerance: f64,
    pub rank: i32,
    pub method: Method,
    /// 0: 1
    pub scale: f64,
    pub delta: f64,
    /// Float images, too, come out as the same bytes on every instruction set.
    pub strict: bool,
    pub variant: Option<String>,
    /// For text of somebody who is not trusted: "file NAME" is refused.
    pub no_files: bool,
}

const CONVOLVE: u32 = 1 << 0;
const ANCHOR: u32 = 1 << 1;
const NO_FILES: u32 = 1 << 3;
const STRICT: u32 = 1 << 4;

/// A kernel, factored. Clones share it; any number of threads may apply it.
pub struct Plan<In: Pixel, Out: Pixel = In> {
    plan: *mut ffi::sepflow_plan,
    types: PhantomData<fn(In) -> Out>,
}

// A plan is only read.
unsafe impl<In: Pixel, Out: Pixel> Send for Plan<In, Out> {}
unsafe impl<In: Pixel, Out: Pixel> Sync for Plan<In, Out> {}

impl<In: Pixel, Out: Pixel> Plan<In, Out> {
    pub fn from_text(kernel: &str, options: &Options) -> Result<Self, Error> {
        let text = c_string(kernel)?;
        Self::make(options, |o, plan, error| unsafe { ffi::sepflow_plan_from_text(text.as_ptr(), o, plan, error) })
    }

    /// A matrix of taps, row by row.
    pub fn from_matrix(taps: &[f64], columns: usize, options: &Options) -> Result<Self, Error> {
        if columns == 0 || taps.len() % columns != 0 {
            return Err(Error { code: E_INVALID, message: "the taps do not fill their rows".into() });
        }
        let (rows, columns) = ((taps.len() / columns) as i64, columns as i64);
        Self::make(options, |o, plan, error| unsafe {
            ffi::sepflow_plan_create(taps.as_ptr(), rows, columns, columns, o, plan, error)
        })
    }

    /// The kernel column * row^T.
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
        let mut o: ffi::sepflow_options = unsafe { std::mem::zeroed() };
        o.struct_size = std::mem::size_of_val(&o) as u32;
        (o.in_type, o.out_type, o.channels) = (In::TYPE, Out::TYPE, options.channels);
        (o.border_x, o.border_y) = (options.border_x as i32, options.border_y as i32);
        (o.border_value, o.extent) = (options.border_value, options.extent as i32);
        if options.convolve {
            o.flags |= CONVOLVE;
        }
        if options.no_files {
            o.flags |= NO_FILES;
        }
        if options.strict {
            o.flags |= STRICT;
        }
        if let Some((x, y)) = options.anchor {
            o.flags |= ANCHOR;
            (o.anchor_x, o.anchor_y) = (x, y);
        }
        (o.tolerance, o.rank, o.method) = (options.tolerance, options.rank, options.method as i32);
        (o.scale, o.delta) = (options.scale, options.delta);
        let variant = options.variant.as_deref().map(c_string).transpose()?;
        o.variant = variant.as_ref().map_or(std::ptr::null(), |text| text.as_ptr());
        let mut plan = std::ptr::null_mut();
        call(|error| create(&o, &mut plan, error))?;
        Ok(Plan { plan, types: PhantomData })
    }

    /// max_threads: 1 serial, 0 one per CPU.
    pub fn apply(&self, input: &Image<In>, output: &mut ImageMut<Out>, max_threads: i32) -> Result<(), Error> {
        call(|error| unsafe {
            ffi::sepflow_apply(self.plan, input.get(), output.get(), std::ptr::null(), max_threads, error)
        })
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
