using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Tests.Conventions;
using TypeReference = Streamz.Dataflow.Orleans.Functions.TypeReference;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>What a worker does with references that no packer of the same build has made.</summary>
[TestFixture]
internal sealed class FunctionResolverTests
{
    private const string Source = """
        using System.Runtime.InteropServices;

        namespace Small;

        public static class Functions
        {
            public static int Increment(int x) => x + 1;

            public static Func<int, int> Lambda() => x => x - 1;

            public static Func<int, int> Adder(int add) => x => x + add;

            public static string Text(int x) => x.ToString();

            public static T Same<T>(T value) => value;

            public static void Uses(string path)
            {
                File.Delete(path);
                Func<string, int> parse = int.Parse;
                Func<int, int> absolute = Math.Abs;
                _ = Enumerable.Range(0, 3).Select(absolute).ToList();
                _ = Same(3) + parse(path);
            }

            [DllImport("libc", EntryPoint = "abs")]
            public static extern int Native(int x);

            private static int Decrement(int x) => x - 1;
        }

        public class Instance
        {
            public Instance() { }

            public Instance(int x) { }

            public int Number;

            public int Add(int x) => x + Number;
        }

        public abstract class Abstract
        {
            public abstract int Do(int x);
        }
        """;

    private static readonly ValueSerializer s_values = new(Codecs.Serializer);
    private static readonly FunctionPacker s_packer = new(s_values, 1_000_000);

    private static readonly Lazy<(Assembly Assembly, byte[] Image)> s_small = new(() =>
    {
        var image = new MemoryStream();
        var result = Compiler.Compile([Compiler.Parse(Source)]).WithAssemblyName("Streamz.Small").Emit(image);
        return result.Success ? (Assembly.Load(image.ToArray()), image.ToArray()) : throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
    });

    private static Assembly Small => s_small.Value.Assembly;

    [TestCase(typeof(object), true)]
    [TestCase(typeof(Uri), true)]
    [TestCase(typeof(System.Text.Json.JsonSerializer), true)]
    [TestCase(typeof(Microsoft.Extensions.DependencyInjection.ServiceCollection), true)]
    [TestCase(typeof(Microsoft.AspNetCore.Http.HttpContext), true)]
    [TestCase(typeof(Pipeline), false)]
    [TestCase(typeof(FunctionResolverTests), false)]
    public void Framework_IsTold(Type type, bool expected) => Assert.That(TrustedAssemblies.IsFramework(type.Assembly), Is.EqualTo(expected));

    [Test]
    public void Untrusted_IsRefused() =>
        AssertRefused(Reference("Increment"), ["'Streamz.Small'", "does not trust"], "Another.Assembly");

    [Test]
    public void Trusted_ButNotLoaded_IsRefused()
    {
        var reference = Reference("Increment");
        reference.Assembly = "Streamz.NotThere";

        AssertRefused(reference, ["Streamz.NotThere", "has not loaded it"], "Streamz.NotThere");
    }

    [Test]
    public void OtherBuild_IsRefusedWithBothMvids()
    {
        var reference = Reference("Increment");
        reference.Mvid = new Guid("00112233-4455-6677-8899-aabbccddeeff");

        AssertRefused(
            reference,
            [
                "the worker runs a different build of Streamz.Small", "client MVID 00112233-4455-6677-8899-aabbccddeeff",
                $"worker MVID {Small.ManifestModule.ModuleVersionId}", "Deploy the same binaries to clients and workers.",
            ]);
    }

    [Test]
    public void FrameworkMethod_EvenOfListedAssembly_IsRefused()
    {
        var method = typeof(File).GetMethod(nameof(File.Delete))!;
        var reference = new FunctionReference
        {
            Assembly = method.Module.Assembly.GetName().Name!,
            Mvid = method.Module.ModuleVersionId,
            Token = method.MetadataToken,
            Delegate = TypeReference.Of(typeof(Action<string>)),
            Display = "delete",
        };

        AssertRefused(reference, ["delete", "framework"], reference.Assembly);
    }

    [TestCase("Streamz.Small")]
    [TestCase("Streamz.Dataflow")]
    public void LibraryMethod_OutsideTheAdapters_IsRefusedListedOrNot(string trusted)
    {
        var library = typeof(Pipeline).Assembly;
        var resolver = new FunctionResolver(s_values, new TrustedAssemblies([trusted]));
        var accepted = new List<string>();
        foreach (var method in MethodsOf(library))
        {
            Type[] shape = [.. method.GetParameters().Select(parameter => parameter.ParameterType), method.ReturnType];
            if (!method.IsStatic || method.ContainsGenericParameters || shape.Any(type => type.IsByRef || type.IsByRefLike || type.IsPointer || type == typeof(void)) || shape.Length > 10)
            {
                continue;
            }

            var reference = ReferenceTo(method, System.Linq.Expressions.Expression.GetFuncType(shape));
            if (Accepts(resolver, reference))
            {
                accepted.Add(reference.Display);
            }
        }

        Assert.That(accepted, Is.Empty);
    }

    [Test]
    public void Adapter_OfTheLibrary_IsAcceptedWithoutBeingListed()
    {
        var method = typeof(ClusterFunctions).GetMethods().First().MakeGenericMethod(typeof(int), typeof(int));

        var function = new FunctionResolver(s_values, new TrustedAssemblies([])).Resolve(
            ReferenceTo(method, System.Linq.Expressions.Expression.GetFuncType(method.GetParameters()[0].ParameterType, method.ReturnType)));

        Assert.That(function.Method.DeclaringType, Is.EqualTo(typeof(ClusterFunctions)));
    }

    [Test]
    public void FunctionInsideAnAdapter_OfAnUntrustedAssembly_IsRefused()
    {
        var reference = s_packer.Pack(ClusterFunctions.Of<int, int>(ShippedFunctions.Twice), "map");

        AssertRefused(reference, ["ShippedFunctions.Twice", "does not trust the assembly 'Streamz.Dataflow.Tests'"]);
    }

    [TestCase(0x04000001, TestName = "Token_OfField_IsRefused")]
    [TestCase(0x0A000001, TestName = "Token_OfMemberReference_IsRefused")]
    [TestCase(0x2B000001, TestName = "Token_OfMethodSpecification_IsRefused")]
    [TestCase(0x02000002, TestName = "Token_OfType_IsRefused")]
    [TestCase(0x06FFFFFF, TestName = "Token_OutOfRange_IsRefused")]
    [TestCase(0x06000000, TestName = "Token_OfNothing_IsRefused")]
    [TestCase(0, TestName = "Token_Zero_IsRefused")]
    [TestCase(-1, TestName = "Token_Negative_IsRefused")]
    public void Token_OfAnythingElse_IsRefused(int token)
    {
        var reference = Reference("Increment");
        reference.Token = token;

        AssertRefused(reference, ["Increment", $"0x{token:X8}"]);
    }

    [Test]
    public void Constructor_IsRefused()
    {
        var reference = Reference("Increment");
        foreach (var constructor in Small.GetType("Small.Instance")!.GetConstructors())
        {
            reference.Token = constructor.MetadataToken;

            AssertRefused(reference, ["Increment", "no method of Streamz.Small that could be called"]);
        }
    }

    [Test]
    public void AbstractMethod_IsRefused() =>
        AssertRefused(ReferenceTo(Small.GetType("Small.Abstract")!.GetMethod("Do")!, typeof(Func<int, int>)), ["could be called"]);

    [Test]
    public void NativeMethod_IsRefused() => AssertRefused(Reference("Native"), ["native code"]);

    [Test]
    public void InstanceMethod_WithoutTarget_IsRefused() =>
        AssertRefused(ReferenceTo(Small.GetType("Small.Instance")!.GetMethod("Add")!, typeof(Func<int, int>)), ["nothing that it could be called on"]);

    [Test]
    public void InstanceMethod_OnAClosureThatIsNone_IsRefused()
    {
        var reference = ReferenceTo(Small.GetType("Small.Instance")!.GetMethod("Add")!, typeof(Func<int, int>));
        reference.Target = new TargetReference { Fields = [new CapturedField { Name = "Number", Value = s_values.Serialize(1) }] };

        AssertRefused(reference, ["not of a class that the compiler makes"]);
    }

    [TestCase(typeof(Func<string, int>))]
    [TestCase(typeof(Func<int>))]
    [TestCase(typeof(Action<int>))]
    [TestCase(typeof(Func<int, int, int>))]
    public void Delegate_OfAnotherShape_IsRefused(Type type) =>
        AssertRefused(ReferenceTo(Small.GetType("Small.Functions")!.GetMethod("Increment")!, type), ["not the shape of"]);

    [TestCase(typeof(int))]
    [TestCase(typeof(Delegate))]
    [TestCase(typeof(MulticastDelegate))]
    [TestCase(typeof(List<int>))]
    [TestCase(typeof(object[]))]
    public void Delegate_OfAnotherType_IsRefused(Type type) =>
        AssertRefused(ReferenceTo(Small.GetType("Small.Functions")!.GetMethod("Increment")!, type), ["no type of delegate"]);

    [Test]
    public void Delegate_OpenGeneric_IsRefused()
    {
        var reference = Reference("Increment");
        reference.Delegate = new TypeReference { Assembly = "System.Private.CoreLib", Name = "System.Func`2" };

        AssertRefused(reference, ["cannot be made again here"]);
    }

    [TestCase("System.Private.CoreLib", "System.Func`2[[System.Int32],[System.Int32]]")]
    [TestCase("System.Private.CoreLib", "No.Such.Type")]
    [TestCase("No.Such.Assembly", "System.Func`2")]
    [TestCase("", "")]
    public void TypeReference_OfNothing_IsRefused(string assembly, string name)
    {
        var reference = Reference("Increment");
        reference.Delegate = new TypeReference { Assembly = assembly, Name = name };

        AssertRefused(reference, ["knows no type"]);
    }

    [Test]
    public void TypeReference_OfAnAssemblyThatNobodyRefersTo_IsNotLoaded()
    {
        // Of the framework, and of nothing that these tests use.
        const string Other = "System.IO.IsolatedStorage";
        var reference = Reference("Increment");
        reference.Delegate = new TypeReference { Assembly = Other, Name = "System.IO.IsolatedStorage.IsolatedStorage" };

        AssertRefused(reference, ["knows no type"]);
        Assert.That(AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name), Does.Not.Contain(Other));
    }

    [Test]
    public void TypeArguments_OfAnotherNumber_AreRefused()
    {
        var tooMany = Reference("Increment");
        tooMany.MethodArguments = [TypeReference.Of(typeof(int))];
        var tooFew = Reference("Same");

        Assert.Multiple(() =>
        {
            AssertRefused(tooMany, ["cannot be made again here"]);
            AssertRefused(tooFew, ["cannot be made again here"]);
        });
    }

    [Test]
    public void Closure_WithForgedFields_IsRefused()
    {
        Assert.Multiple(() =>
        {
            AssertRefused(Forged(closure => closure.Fields[0].Name = "other"), ["captures no 'other'"]);
            AssertRefused(Forged(closure => closure.Fields[0].Value = null), ["captures nothing as 'add'"]);
            AssertRefused(Forged(closure => closure.Fields[0].Value = [3, 1]), ["cannot be read"]);
            AssertRefused(Forged(closure => closure.Fields[0].Value = s_values.Serialize<object>("text")), ["cannot be read"]);
            AssertRefused(Forged(closure => closure.Value = s_values.Serialize<object>("text")), ["nothing that it could be called on"]);
            AssertRefused(Forged(closure => closure.Fields = null!), ["cannot be made again here"]);
        });

        static FunctionReference Forged(Action<TargetReference> forge)
        {
            var reference = s_packer.Pack(SmallDelegate("Adder", 3), "map");
            forge(reference.Target!);
            return reference;
        }
    }

    [Test]
    public void Reference_WithNulls_IsRefused() =>
        Assert.Multiple(() =>
        {
            AssertRefused(new FunctionReference(), ["without a name"]);
            AssertRefused(null!, ["without a name"]);
            AssertRefused(new FunctionReference { Assembly = null!, Display = null!, Delegate = null!, TypeArguments = null!, MethodArguments = null! }, ["without a name"]);
        });

    [Test]
    public void Reference_UntouchedOfTrustedAssembly_IsAccepted()
    {
        var resolver = new FunctionResolver(s_values, new TrustedAssemblies(["Streamz.Small"]));

        Assert.Multiple(() =>
        {
            Assert.That(resolver.Resolve(Reference("Increment")).DynamicInvoke(5), Is.EqualTo(6));
            Assert.That(resolver.Resolve(s_packer.Pack(SmallDelegate("Lambda"), "map")).DynamicInvoke(5), Is.EqualTo(4));
            Assert.That(resolver.Resolve(s_packer.Pack(SmallDelegate("Adder", 3), "map")).DynamicInvoke(5), Is.EqualTo(8));
        });
    }

    /// <summary>Whatever the token: what is accepted is of the assembly, and of the shape.</summary>
    [TestCase(typeof(Func<int, int>), new[] { "Increment", "Decrement", "<Lambda>b__1_0" })]
    [TestCase(typeof(Func<string, int>), new string[] { })]
    [TestCase(typeof(Action<string>), new[] { "Uses" })]
    public void AllTokens_OfMethods_GiveOnlyMethodsOfTheAssembly(Type type, string[] expected)
    {
        using var image = new PEReader(new MemoryStream(s_small.Value.Image));
        var metadata = image.GetMetadataReader();
        var resolver = new FunctionResolver(s_values, new TrustedAssemblies(["Streamz.Small"]));
        var accepted = new List<string>();
        var tokens = 0;
        foreach (var table in new[] { TableIndex.MethodDef, TableIndex.MemberRef, TableIndex.MethodSpec })
        {
            Assert.That(metadata.GetTableRowCount(table), Is.GreaterThan(0));
            for (var row = 0; row <= metadata.GetTableRowCount(table) + 1; row++)
            {
                tokens++;
                var reference = Reference("Increment");
                reference.Token = ((int)table << 24) | row;
                reference.Delegate = TypeReference.Of(type);
                if (Accepts(resolver, reference) && resolver.Resolve(reference).Method is var method)
                {
                    Assert.That(method.Module.Assembly, Is.EqualTo(Small));
                    accepted.Add(method.Name);
                }
            }
        }

        Assert.That(tokens, Is.GreaterThan(30));
        Assert.That(accepted, Is.EquivalentTo(expected));
    }

    private static Delegate SmallDelegate(string factory, params object[] arguments) =>
        (Delegate)Small.GetType("Small.Functions")!.GetMethod(factory)!.Invoke(null, arguments)!;

    private static FunctionReference Reference(string method) =>
        ReferenceTo(Small.GetType("Small.Functions")!.GetMethod(method)!, typeof(Func<int, int>));

    private static FunctionReference ReferenceTo(MethodInfo method, Type type) =>
        new()
        {
            Assembly = method.Module.Assembly.GetName().Name!,
            Mvid = method.Module.ModuleVersionId,
            Token = method.MetadataToken,
            TypeArguments = TypeReference.AllOf(method.DeclaringType!.GetGenericArguments()),
            MethodArguments = method.IsGenericMethodDefinition ? [] : TypeReference.AllOf(method.GetGenericArguments()),
            Delegate = TypeReference.Of(type),
            Display = FunctionDisplay.Of(method),
        };

    private static IEnumerable<MethodInfo> MethodsOf(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));

    private static bool Accepts(FunctionResolver resolver, FunctionReference reference)
    {
        try
        {
            resolver.Resolve(reference);
            return true;
        }
        catch (FunctionRefusedException)
        {
            return false;
        }
    }

    private static void AssertRefused(FunctionReference reference, string[] parts, string trusted = "Streamz.Small")
    {
        var refusal = Assert.Throws<FunctionRefusedException>(() => new FunctionResolver(s_values, new TrustedAssemblies([trusted])).Resolve(reference));
        foreach (var part in parts)
        {
            Assert.That(refusal?.Message, Does.Contain(part));
        }
    }
}
