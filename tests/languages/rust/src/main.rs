//! The Rust binding with an installed library: layouts against the header's, results against a
//! brute-force sum.
use sepflow::{Border, Half, Image, ImageMut, Missing, Options, Pixel, Plan, Schedule, Strides};

const W: usize = 67;
const H: usize = 43;
const C: usize = 3;
const Q: usize = 5;
const TAPS: [f64; 15] = [1., 2., -3., 4., 5., 0., -1., 7., 2., 2., 3., -5., 1., 1., 4.];

fn mirrored(i: i64, n: i64) -> i64 {
    if i < 0 { -i } else if i >= n { 2 * n - 2 - i } else { i }
}

/// Interleaved, reflect101, correlation.
fn sum(input: &[f64], x: i64, y: i64, c: i64) -> f64 {
    let mut result = 0.;
    for j in 0..3 {
        for i in 0..Q as i64 {
            let at = (mirrored(y + j - 1, H as i64) * W as i64 + mirrored(x + i - 2, W as i64)) * C as i64 + c;
            result += TAPS[(j * Q as i64 + i) as usize] * input[at as usize];
        }
    }
    result
}

fn check<In: Pixel, Out: Pixel + Default + Into<f64> + PartialEq>(cast: fn(f64) -> In, most: f64) {
    let values: Vec<f64> = (0..W * H * C).map(|i| (i * 7919 % 251) as f64).collect();
    let input: Vec<In> = values.iter().map(|&v| cast(v)).collect();
    let planes: Vec<In> = (0..C).flat_map(|c| (0..W * H).map(move |i| i * C + c)).map(|i| cast(values[i])).collect();
    let (mut out, mut upside_down) = (vec![Out::default(); W * H * C], vec![Out::default(); W * H * C]);
    let options = Options { channels: C as i32, ..Options::default() };
    let plan = Plan::<In, Out>::from_matrix(&TAPS, Q, &options).unwrap();
    plan.apply(&Image::dense(&input, W, H, C).unwrap(), &mut ImageMut::dense(&mut out, W, H, C).unwrap(), 0).unwrap();
    // From planes, written bottom-up, on another thread by a clone.
    let row = (W * C) as i64;
    let shared = plan.clone();
    drop(plan);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let from = Strides { first: 0, x: 1, y: W as i64, c: (W * H) as i64 };
            let to = Strides { first: (H - 1) * W * C, x: C as i64, y: -row, c: 1 };
            let from = Image::new(&planes, W, H, C, from).unwrap();
            let mut to = ImageMut::new(&mut upside_down, W, H, C, to).unwrap();
            shared.apply(&from, &mut to, 1).unwrap();
        });
    });
    for y in 0..H {
        for x in 0..W {
            for c in 0..C {
                let got = out[(y * W + x) * C + c];
                let wanted = sum(&values, x as i64, y as i64, c as i64);
                assert!((got.into() - wanted).abs() <= most, "({x}, {y}, {c}): {} for {wanted}", got.into());
                assert!(got == upside_down[((H - 1 - y) * W + x) * C + c], "strides");
            }
        }
    }
}

/// A ramp whose first 7 x 7 pixels are missing: a pixel without a valid neighbour is missing_value,
/// one with some their mean.
fn check_mask<Weight: Pixel>(full: Weight, none: Weight) {
    let ramp: Vec<f32> = (0..W * H).map(|i| i as f32).collect();
    let mask: Vec<Weight> = (0..W * H).map(|i| if i % W < 7 && i / W < 7 { none } else { full }).collect();
    let (mut out, mut kept) = (vec![0f32; W * H], vec![0f32; W * H]);
    let options = Options {
        missing: Missing::Ignore, missing_value: -5., schedule: Schedule::Plain, ..Options::default()
    };
    let keeping = Options { keep_missing: true, ..options.clone() };
    for (options, out) in [(options, &mut out), (keeping, &mut kept)] {
        let plan = Plan::<f32>::from_text("box 3", &options).unwrap();
        let (image, mask) = (Image::dense(&ramp, W, H, 1).unwrap(), Image::dense(&mask, W, H, 1).unwrap());
        plan.apply_masked(&image, &mask, &mut ImageMut::dense(out, W, H, 1).unwrap(), 0).unwrap();
    }
    assert_eq!((out[3 * W + 3], kept[3 * W + 6]), (-5., -5.));
    assert!((out[3 * W + 6] - (3 * W + 7) as f32).abs() < 1e-3, "the neighbours that are valid");
}

fn refused(part: &str, options: Options) {
    let error = Plan::<u8>::from_text("box 3", &options).err().expect(part);
    assert!(error.message.contains(part), "{error}");
}

fn main() {
    // Lines of a program in C that prints what the header says.
    let declared = std::fs::read_to_string(std::env::args().nth(1).expect("a file of layouts")).unwrap();
    let ours = sepflow::ffi::layout();
    assert!(ours.len() > 50);
    for line in ours {
        let line = line.replace("r#", "");
        assert!(declared.lines().any(|known| known == line), "the header does not say: {line}");
    }

    check::<f64, f64>(|v| v, 1e-9);
    check::<f32, f32>(|v| v as f32, 2e-2);
    check::<u8, i16>(|v| v as u8, 0.5);

    let options = Options {
        border_x: Border::Constant, border_y: Border::Constant, border_value: 9., scale: 2., delta: 1.,
        ..Options::default()
    };
    let plan = Plan::<f64>::from_vectors(&[1. / 3.; 3], &[0.2; 5], &options).unwrap();
    let (nine, mut out) = ([9.; W * H], [0.; W * H]);
    plan.apply(&Image::dense(&nine, W, H, 1).unwrap(), &mut ImageMut::dense(&mut out, W, H, 1).unwrap(), 0).unwrap();
    assert!(out.iter().all(|v| (v - 19f64).abs() < 1e-12), "options");
    assert_eq!((plan.info().rank, plan.info().left, plan.info().top), (1, 2, 1));

    check_mask(255u8, 0);
    check_mask(1f32, 0.);
    check_mask(Half(0x3c00), Half(0));

    refused("scale must not be 0", Options { scale: 0., ..Options::default() });
    refused("scale is not a finite", Options { scale: f64::NAN, ..Options::default() });
    refused("channels must be 1", Options { channels: 0, ..Options::default() });
    refused("rank is negative", Options { rank: -1, ..Options::default() });
    refused("tolerance", Options { tolerance: -1., ..Options::default() });
    refused("KEEP_MISSING", Options { keep_missing: true, ..Options::default() });
    refused("missing_value", Options { missing: Missing::Fill, missing_value: f64::NAN, ..Options::default() });
    refused("variant", Options { variant: Some("mmx".into()), ..Options::default() });
    assert!(Plan::<u8>::from_text("box 3\0 5", &Options::default()).is_err());
    assert!(Plan::<u8>::from_vectors(&[], &[1.], &Options::default()).is_err());
    let threads = plan.apply(&Image::dense(&nine, W, H, 1).unwrap(), &mut ImageMut::dense(&mut out, W, H, 1).unwrap(), -1);
    assert!(threads.unwrap_err().message.contains("max_threads"));

    let error = Plan::<u8>::from_text("bocks 3", &Options::default()).err().unwrap();
    assert!(error.code == -4 && error.message.contains("bocks"), "{error}");
    let untrusted = Options { no_files: true, ..Options::default() };
    let error = Plan::<u8>::from_text("file k.csv", &untrusted).err().unwrap();
    assert!(error.message.contains("not allowed"), "{error}");
    assert!(Image::dense(&nine, W + 1, H, 1).is_err());
    assert!(Image::new(&nine, W, H, 1, Strides { first: 0, x: 1, y: -(W as i64), c: 1 }).is_err());
    println!("sepflow {}: as the brute-force sum", sepflow::version());
}
