//! The part of node.h and sepflow.h that the binding uses. A test compares `LAYOUT` with the
//! header.
#![allow(non_camel_case_types)]
use std::os::raw::{c_char, c_void};

macro_rules! structs {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $($(#[$doc])* #[repr(C)] #[derive(Clone, Copy)] pub struct $name { $(pub $field: $type),* })*
        /// Size of every struct and offset of every field: "sepflow_rect.x 0".
        pub fn layout() -> Vec<String> {
            let mut lines = Vec::new();
            $(
                lines.push(format!("{} {}", stringify!($name), std::mem::size_of::<$name>()));
                let zero: $name = unsafe { std::mem::zeroed() };
                $(lines.push(format!("{}.{} {}", stringify!($name), stringify!($field),
                    &zero.$field as *const _ as usize - &zero as *const _ as usize));)*
            )*
            lines
        }
    };
}

structs! {
    sepflow_error { struct_size: u32, code: i32, param_index: i32, message: [c_char; 240] }
    sepflow_rect { x: i64, y: i64, w: i64, h: i64 }
    sepflow_image {
        struct_size: u32, r#type: i32, channels: i32, flags: u32, data: *mut c_void,
        bounds: sepflow_rect, domain: sepflow_rect, stride_x: i64, stride_y: i64, stride_c: i64,
    }
    sepflow_options {
        struct_size: u32, flags: u32, in_type: i32, out_type: i32, channels: i32, border_x: i32, border_y: i32,
        extent: i32, border_value: f64, anchor_x: i64, anchor_y: i64, tolerance: f64, rank: i32, schedule: i32,
        scale: f64, delta: f64, variant: *const c_char, method: i32, missing: i32, missing_value: f64,
    }
    sepflow_process {
        struct_size: u32, flags: u32, input_count: u32, output_count: u32, inputs: *const sepflow_image,
        outputs: *const sepflow_image, region: sepflow_rect, max_threads: i32, reserved: i32, scratch: *mut c_void,
        scratch_size: u64, host: *const c_void, call_ctx: *mut c_void,
    }
    sepflow_plan_info {
        struct_size: u32, flags: u32, left: i64, right: i64, top: i64, bottom: i64, rank: i32, reserved: i32,
        error_bound: f64, preferred_tile_w: i64, preferred_tile_h: i64, scratch_bytes: u64, cost_per_pixel: f64,
        variant: *const c_char, method: *const c_char,
    }
}

#[repr(C)]
pub struct sepflow_plan {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn sepflow_version() -> *const c_char;
    pub fn sepflow_plan_create(taps: *const f64, rows: i64, columns: i64, row_stride: i64,
        options: *const sepflow_options, plan: *mut *mut sepflow_plan, error: *mut sepflow_error) -> i32;
    pub fn sepflow_plan_from_vectors(column: *const f64, rows: i64, row: *const f64, columns: i64,
        options: *const sepflow_options, plan: *mut *mut sepflow_plan, error: *mut sepflow_error) -> i32;
    pub fn sepflow_plan_from_text(text: *const c_char, options: *const sepflow_options,
        plan: *mut *mut sepflow_plan, error: *mut sepflow_error) -> i32;
    pub fn sepflow_plan_retain(plan: *mut sepflow_plan);
    pub fn sepflow_plan_free(plan: *mut sepflow_plan);
    pub fn sepflow_plan_query(plan: *const sepflow_plan, info: *mut sepflow_plan_info) -> i32;
    pub fn sepflow_apply(plan: *const sepflow_plan, input: *const sepflow_image, output: *const sepflow_image,
        region: *const sepflow_rect, max_threads: i32, error: *mut sepflow_error) -> i32;
    pub fn sepflow_process_plan(plan: *const sepflow_plan, call: *const sepflow_process,
        error: *mut sepflow_error) -> i32;
}
