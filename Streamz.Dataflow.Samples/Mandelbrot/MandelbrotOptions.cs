using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>What the command line says.</summary>
internal sealed record MandelbrotOptions
{
    /// <summary>The width and the height of the picture.</summary>
    public int Size { get; private init; } = 8_000;

    /// <summary>How many worker processes; with none, this process is the worker.</summary>
    public int Workers { get; private init; } = 2;

    /// <summary>After how many steps a point is taken for one of the set.</summary>
    public int Iterations { get; private init; } = 1_000;

    public string Output { get; private init; } = "mandelbrot.png";

    public static MandelbrotOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new MandelbrotOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            options = argument switch
            {
                "--size" => options with { Size = Number(64, 32_000) },
                "--workers" => options with { Workers = Number(0, SampleCluster.MaxWorkers) },
                "--iterations" => options with { Iterations = Number(10, 10_000) },
                "--output" => options with { Output = Value() is { Length: > 0 } file ? file : throw new UsageException("--output takes a file.") },
                _ => throw new UsageException($"What is '{argument}'?"),
            };

            string? Value() => arguments.ElementAtOrDefault(++index);

            int Number(int least, int most) => NumberArgument.Parse(argument, Value(), least, most);
        }

        return options;
    }
}
