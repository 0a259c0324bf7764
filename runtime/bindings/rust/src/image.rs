//! Images over slices. Making an image checks once that every pixel lies within its slice.
use crate::{ffi, Error, E_INVALID};
use std::marker::PhantomData;
use std::os::raw::c_void;

/// # Safety
/// TYPE must be the library's constant for the bytes of the type.
pub unsafe trait Pixel: Copy + Send + Sync + 'static {
    const TYPE: i32;
}
unsafe impl Pixel for u8 {
    const TYPE: i32 = 0x108;
}
unsafe impl Pixel for u16 {
    const TYPE: i32 = 0x110;
}
unsafe impl Pixel for i16 {
    const TYPE: i32 = 0x210;
}
unsafe impl Pixel for Half {
    const TYPE: i32 = 0x310;
}
unsafe impl Pixel for f32 {
    const TYPE: i32 = 0x320;
}
unsafe impl Pixel for f64 {
    const TYPE: i32 = 0x340;
}

/// IEEE 754 half-precision float, as its bits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(transparent)]
pub struct Half(pub u16);

/// Strides in elements, which may be negative. `first` is the index of channel 0 of the first
/// pixel.
#[derive(Clone, Copy, Debug)]
pub struct Strides {
    pub first: usize,
    pub x: i64,
    pub y: i64,
    pub c: i64,
}

pub struct Image<'a, T: Pixel> {
    image: ffi::sepflow_image,
    pixels: PhantomData<&'a [T]>,
}

pub struct ImageMut<'a, T: Pixel> {
    image: ffi::sepflow_image,
    pixels: PhantomData<&'a mut [T]>,
}

fn dense_strides(width: usize, channels: usize) -> Strides {
    Strides { first: 0, x: channels as i64, y: (width * channels) as i64, c: 1 }
}

fn describe<T: Pixel>(
    first: *const T,
    length: usize,
    (width, height, channels): (usize, usize, usize),
    strides: Strides,
) -> Result<ffi::sepflow_image, Error> {
    let (mut least, mut most) = (strides.first as i128, strides.first as i128);
    for (count, stride) in [(width, strides.x), (height, strides.y), (channels, strides.c)] {
        let reach = (count as i128 - 1) * stride as i128;
        if reach < 0 { least += reach } else { most += reach }
    }
    let is_empty = width == 0 || height == 0;
    if channels == 0 || channels > i32::MAX as usize || (!is_empty && (least < 0 || most >= length as i128)) {
        return Err(Error { code: E_INVALID, message: "the image does not lie within its slice".into() });
    }
    let size = std::mem::size_of::<T>() as i64;
    let bounds = ffi::sepflow_rect { x: 0, y: 0, w: width as i64, h: height as i64 };
    Ok(ffi::sepflow_image {
        struct_size: std::mem::size_of::<ffi::sepflow_image>() as u32,
        r#type: T::TYPE,
        channels: channels as i32,
        flags: 0,
        data: first.wrapping_add(if is_empty { 0 } else { strides.first }) as *mut c_void,
        bounds,
        domain: bounds,
        stride_x: strides.x * size,
        stride_y: strides.y * size,
        stride_c: strides.c * size,
    })
}

impl<'a, T: Pixel> Image<'a, T> {
    /// Makes an image without padding, with interleaved channels.
    pub fn dense(pixels: &'a [T], width: usize, height: usize, channels: usize) -> Result<Self, Error> {
        Self::new(pixels, width, height, channels, dense_strides(width, channels))
    }
    pub fn new(pixels: &'a [T], width: usize, height: usize, channels: usize, s: Strides) -> Result<Self, Error> {
        let image = describe(pixels.as_ptr(), pixels.len(), (width, height, channels), s)?;
        Ok(Image { image, pixels: PhantomData })
    }
    pub(crate) fn get(&self) -> *const ffi::sepflow_image {
        &self.image
    }
}

impl<'a, T: Pixel> ImageMut<'a, T> {
    pub fn dense(pixels: &'a mut [T], width: usize, height: usize, channels: usize) -> Result<Self, Error> {
        Self::new(pixels, width, height, channels, dense_strides(width, channels))
    }
    pub fn new(pixels: &'a mut [T], width: usize, height: usize, channels: usize, s: Strides) -> Result<Self, Error> {
        let image = describe(pixels.as_mut_ptr(), pixels.len(), (width, height, channels), s)?;
        Ok(ImageMut { image, pixels: PhantomData })
    }
    pub(crate) fn get(&mut self) -> *const ffi::sepflow_image {
        &self.image
    }
}
